// A recorded run: the memory of a session that is ready, as bytes, and what to do with it. A host that is not JavaScript
// copies it into its own memory, calls the core's `run(tape, steps)`, and the ranges hold the recipe's numbers.
import { createRuntime } from '../../../src/runtime/create_runtime.ts'
import { digestOf } from '../../../src/verify/digest.ts'
import { type Range, readRange, type Recipe, type TapeRecipe } from '../../../src/verify/recipe.ts'
import { recipes } from '../../../src/verify/recipes/index.ts'

export interface Image {
  readonly tape: number
  readonly steps: number
  /** The whole memory: full pages. */
  readonly memory: Uint8Array<ArrayBuffer>
  readonly ranges: readonly Range[]
}

const runtime = await createRuntime()

const isTape = (recipe: Recipe): recipe is TapeRecipe => 'prepare' in recipe

/** The recipes that a host can run by the core's exports alone. */
export const tapeRecipes: readonly TapeRecipe[] = recipes.filter(isTape)

export async function imageOf(recipe: TapeRecipe): Promise<Image> {
  const { session, fn, steps, ranges } = await recipe.prepare(runtime)
  return { tape: fn.wordAddress(0), steps, memory: Uint8Array.from(new Uint8Array(session.core.memory.buffer)), ranges }
}

/** The digest of the memory that a host left, as `verify` takes it. */
export const digestOfMemory = (memory: ArrayBuffer, { ranges }: Image): Promise<string> =>
  digestOf(ranges.map((range) => readRange(memory, range)))
