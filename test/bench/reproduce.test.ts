// Recipes of `npm run reproduce`: their models train and are judged by the command line on few digits, and the table says what
// was found, what is under way and what was not run.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { writeIdx } from '../../src/formats/idx.ts'
import { spawned } from '../cli/ganglion.ts'

const at = mkdtempSync(join(tmpdir(), 'ganglion-reproduce-'))
afterAll(() => rmSync(at, { recursive: true, force: true }))

interface Recipe {
  readonly title: string
  readonly goal: (found: number) => boolean
  readonly runs: Readonly<Record<string, (data: object) => string[]>>
  readonly evaluate?: (data: object) => string[]
  readonly judge: (runs: object) => number
}
interface Module { readonly recipe: Recipe, readonly default?: unknown }
const folder = resolve('bench/reproduce')
const load = (file: string) => import(join(folder, file)) as Promise<Module>
const OTHERS = ['main.mjs', 'table.mjs', 'data.mjs', 'dense_vae.mjs']
const FILES = readdirSync(folder).filter((file) => file.endsWith('.mjs') && !OTHERS.includes(file))
/** Images like digits, in place of all of MNIST. */
const DIGITS = join(at, 'digits')
mkdirSync(DIGITS)
for (const [name, count] of [['train', 60], ['t10k', 40]] as const) {
  const pixels = Uint8Array.from({ length: count * 784 }, (_, i) => (i % 28 === i % 23 ? 255 : 0))
  writeFileSync(join(DIGITS, `${name}-images-idx3-ubyte`), writeIdx([count, 28, 28], pixels))
}
const DATA = { data: DIGITS, fit: DIGITS, test: DIGITS }

/** What `evaluate` says of a run, of one code or few samples. */
async function judged(run: string, args: readonly string[]): Promise<object> {
  const few = args.map((value, i) => (args[i - 1] === '--nll' ? '1' : value))
  return JSON.parse((await spawned(['evaluate', run, '--json', ...few], at)).stdout) as object
}

test('there are recipes', () => expect(FILES.length).toBeGreaterThan(4))

test.each(FILES)('%s trains, and is judged by a number', async (file) => {
  const { recipe, default: own } = await load(file)
  const runs: Record<string, object> = {}
  for (const [name, argumentsOf] of Object.entries(recipe.runs)) {
    const out = join(at, file, name)
    const given = argumentsOf(DATA)
    const few = ['--data', DIGITS, '--batch-size', '20', '--epochs', '1', '--quiet', '--json', '--out', out]
    const trained = await spawned(['train', ...(own ? ['--model', join(folder, file)] : []), ...given, ...few], at)
    expect([trained.code, trained.stderr]).toEqual([0, ''])
    const last = trained.stdout.trim().split('\n').map((line) => JSON.parse(line) as { event: string })
      .findLast(({ event }) => event === 'epoch')
    const evaluated = recipe.evaluate && await judged(out, own ? recipe.evaluate(DATA) : ['--samples', '10'])
    runs[name] = { last, evaluated }
    if (name.startsWith('seed')) for (const seed of Object.keys(recipe.runs)) runs[seed] = runs[name]
    if (name.startsWith('seed')) break
  }
  const figure = recipe.judge(runs)
  expect(figure).toEqual(expect.any(Number))
  expect(Number.isFinite(figure)).toBe(true)
  expect([recipe.goal(-1e9) || recipe.goal(1e9)]).toEqual([true])
}, 300_000)

test('the table', async () => {
  const { tableOf } = await import(join(folder, 'table.mjs')) as { tableOf: (recipes: unknown[], results: object) => string }
  const recipes = ['keras_vae', 'binary_vae', 'gan'].map(async (name) => [name, await load(`${name}.mjs`)])
  const text = tableOf(await Promise.all(recipes), {
    keras_vae: { figure: 147, seconds: 3000 }, binary_vae: { run: 'vae', epoch: 7, loss: 101, test: 100.126, seconds: 7200 },
  })
  const cells = (name: string) => text.split('\n').find((line) => line.includes(`\`${name}\` |`))!.split(' | ').slice(4, 6)
  expect(cells('keras_vae')).toEqual(['**147.00**, met', '50 min'])
  expect(cells('binary_vae')).toEqual(['not run to its end: training loss 101.00, test loss 100.13 after epoch 7', '2.0 h'])
  expect(cells('gan')).toEqual(['not run', ''])
})
