// Tests of one host that is not JavaScript: every recipe that is a tape, run by the core's exports alone, gives the golden
// digest. A host that is not on this machine is skipped by name and reason, and never counts as passed.
import { afterAll, describe, expect, test } from 'vitest'
import { golden } from '../../../src/verify/golden.ts'
import { digestOfMemory, type Image, imageOf, tapeRecipes } from './image.ts'

export interface Called {
  readonly result: number
  readonly memory: ArrayBuffer
}

export interface Host {
  readonly name: string
  /** Why it cannot run here; null where it can. */
  readonly missing: string | null
  /** Runs an image's tape; the memory as it was left. Rejects where a step did not end well. */
  run(image: Image): Promise<ArrayBuffer>
  /** Calls a function of a module that imports nothing, with integers; what it gives, and the memory as it was left. */
  call(module: Uint8Array, name: string, args: readonly number[]): Promise<Called>
  close(): Promise<void>
}

/** A host that is not on this machine. */
export function absent(name: string, missing: string): Host {
  const refused = () => Promise.reject(new Error(missing))
  return { name, missing, run: refused, call: refused, close: async () => {} }
}

export function hostTests({ name, missing, run, close }: Host, chosen: (recipe: string) => boolean = () => true): void {
  afterAll(close)
  const reason = missing ? ` (not run here: ${missing})` : ''
  describe.skipIf(missing)(name + reason, () => {
    test.each(tapeRecipes.filter((recipe) => chosen(recipe.name)).map((recipe) => [recipe.name, recipe] as const))(
      `%s${reason}`, async (recipe, given) => {
        const image = await imageOf(given)
        expect(await digestOfMemory(image.memory.buffer, image), 'before the run').not.toBe(golden[recipe])
        expect(await digestOfMemory(await run(image), image)).toBe(golden[recipe])
      },
    )
  })
}
