// Whether this engine gives the bits that the package promises: fixed recipes, each as one digest, beside the golden ones.
// Works in every runtime; a mismatch, or a recipe that fails here, is reported and never thrown.
import { callable, complete, type Given, isObject, isString, listOf, type Rule, rule } from '../options.ts'
import { type Precision, RUNTIME, type Runtime, type RuntimeOptions } from '../runtime/runtime.ts'
import { turn } from '../runtime/turn.ts'
import { digestOf } from './digest.ts'
import { golden } from './golden.ts'
import { numbersOf, type Recipe } from './recipe.ts'
import { recipes } from './recipes/index.ts'

export interface VerifyResult {
  readonly name: string
  /** SHA-256, or null where the recipe failed. */
  readonly digest: string | null
  readonly expected: string | null
  /** Null where there is a digest and it is not comparable. */
  readonly ok: boolean | null
  /** Why the recipe failed. */
  readonly error?: string
}

export interface VerifyReport {
  /** Whether every digest is the expected one; null where they are not comparable. */
  readonly ok: boolean | null
  /** One sentence. */
  readonly summary: string
  readonly precision: Precision
  readonly wide: boolean
  /** Threads that were there at the end. */
  readonly threads: number
  readonly results: readonly VerifyResult[]
}

/** The names of all recipes. */
export const recipeNames: readonly string[] = recipes.map(({ name }) => name)
/** What their names begin with. */
export const recipeKinds: readonly string[] = [...new Set(recipeNames.map((name) => name.slice(0, name.indexOf('/'))))]

const isRuntime = (x: unknown): x is Runtime => isObject(x) && 'session' in x
const VERIFY = {
  /** The runtime to verify, instead of one made (and closed) with these options. */
  runtime: rule('what createRuntime gives', isRuntime),
  /** Names of recipes, or what they begin with: `['op', 'train/vae']`. Default: all. */
  recipes: listOf('names', isString),
  /** Called after each recipe. */
  onProgress: callable as Rule<(result: VerifyResult, done: number, of: number) => void>,
}
export type VerifyOptions = Given<typeof VERIFY> & RuntimeOptions

/** Options for a runtime of verify's own. */
const OWN = Object.keys(RUNTIME) as (keyof RuntimeOptions)[]

export type Verify = (options?: VerifyOptions) => Promise<VerifyReport>

/** `verify` for an entry, by the way in which that makes a runtime. */
export const verifier = (createRuntime: (options: RuntimeOptions) => Promise<Runtime>): Verify => async (options = {}) => {
  complete('verify', options, VERIFY, RUNTIME)
  const { runtime: given, recipes: names, onProgress, ...own } = options
  const both = given && OWN.find((name) => own[name] !== undefined)
  if (both) throw new TypeError(`verify: runtime and ${both} given, expected one or the other`)
  const chosen = choose(names)
  const runtime = given ?? (await createRuntime(own))
  const results: VerifyResult[] = []
  try {
    for (const recipe of chosen) {
      const result = await attempt(recipe, runtime)
      results.push(result)
      onProgress?.(result, results.length, chosen.length)
      await turn()
    }
    const { precision, wide, threads } = runtime
    return { ...judge(results, precision), precision, wide, threads, results }
  } finally {
    if (!given) await runtime.close()
  }
}

/** The recipes that a name means: its own, or those that it is the beginning of. */
export const recipesNamed = (asked: string): Recipe[] =>
  recipes.filter(({ name }) => name === asked || name.startsWith(`${asked}/`))

function choose(names: readonly string[] = []): readonly Recipe[] {
  if (typeof names === 'string') throw new TypeError(`verify: recipes expected an array of names, got '${names as string}'`)
  const unknown = names.find((asked) => !recipesNamed(asked).length)
  if (unknown !== undefined) {
    throw new RangeError(`verify: no recipe is named '${unknown}', expected ${recipeKinds.join(', ')}, or one of theirs`)
  }
  const chosen = new Set(names.flatMap(recipesNamed))
  return names.length ? recipes.filter((recipe) => chosen.has(recipe)) : recipes
}

async function attempt(recipe: Recipe, runtime: Runtime): Promise<VerifyResult> {
  const { name } = recipe
  const comparable = runtime.precision === 'deterministic'
  const expected = comparable ? golden[name] ?? null : null
  try {
    const digest = await digestOf(await numbersOf(recipe, runtime))
    return { name, digest, expected, ok: comparable ? digest === expected : null }
  } catch (error) {
    return { name, digest: null, expected, ok: false, error: (error as Error).message }
  }
}

/** Recipes that a summary names at most. */
const NAMED = 5

function judge(results: readonly VerifyResult[], precision: Precision): Pick<VerifyReport, 'ok' | 'summary'> {
  const count = results.length
  const wrong = results.filter(({ ok }) => ok === false).map(({ name }) => name)
  if (precision === 'relaxed' && !wrong.length) {
    return { ok: null, summary: `${count} digests of the relaxed core, which differ between machines: none was compared` }
  }
  if (!wrong.length) return { ok: true, summary: `the same bits: ${count} of ${count} digests are as expected` }
  const named = wrong.length > NAMED ? `${wrong.slice(0, NAMED).join(', ')}, and more` : wrong.join(', ')
  return { ok: false, summary: `not the same bits: ${wrong.length} of ${count} digests are not as expected: ${named}` }
}
