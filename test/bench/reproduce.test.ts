// Recipes of `npm run reproduce`: their models train and are judged by the command line on few digits, and the table says what
// was found, what is under way and what was not run. What was stopped goes on.
import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { writeIdx } from '../../src/formats/idx.ts'
import { loadDataset } from '../../src/node/datasets.ts'
import { spawned } from '../cli/ganglion.ts'

const at = mkdtempSync(join(tmpdir(), 'ganglion-reproduce-'))
afterAll(() => rmSync(at, { recursive: true, force: true }))

interface Reference { readonly mean: number, readonly deviation: number }
interface Recipe {
  readonly title: string
  readonly goal: (found: number, reference: Reference) => boolean
  readonly runs: Readonly<Record<string, (data: object) => string[]>>
  readonly evaluate?: (data: object) => string[]
  readonly judge: (runs: object) => number
}
interface Module { readonly recipe: Recipe, readonly default?: unknown }
const folder = resolve('bench/reproduce')
const load = (file: string) => import(join(folder, file)) as Promise<Module>
const OTHERS = ['main.mjs', 'runs.mjs', 'table.mjs', 'data.mjs', 'dense_vae.mjs', 'beside_pytorch.mjs', 'over_seeds.mjs']
const FILES = readdirSync(folder).filter((file) => file.endsWith('.mjs') && !OTHERS.includes(file))
/** Images like digits, in place of all of MNIST. */
const DIGITS = join(at, 'digits')
mkdirSync(DIGITS)
for (const [name, count] of [['train', 60], ['t10k', 40]] as const) {
  const pixels = Uint8Array.from({ length: count * 784 }, (_, i) => (i % 28 === i % 23 ? 255 : 0))
  writeFileSync(join(DIGITS, `${name}-images-idx3-ubyte`), writeIdx([count, 28, 28], pixels))
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10)
  writeFileSync(join(DIGITS, `${name}-labels-idx1-ubyte`), writeIdx([count], labels))
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
  const reference = { mean: 30, deviation: 4 }
  expect([recipe.goal(-1e9, reference) || recipe.goal(1e9, reference)]).toEqual([true])
}, 300_000)

test('the table', async () => {
  const { tableOf } = await import(join(folder, 'table.mjs')) as { tableOf: (recipes: unknown[], results: object) => string }
  const recipes = ['keras_vae', 'binary_vae', 'gan', 'dcgan'].map(async (name) => [name, await load(`${name}.mjs`)])
  const text = tableOf(await Promise.all(recipes), {
    keras_vae: { figure: 147, seconds: 3000, machine: 'a processor' },
    binary_vae: { run: 'vae', epoch: 7, epochs: 500, loss: 101, test: 100.126, seconds: 7200 },
    dcgan: { figure: 34, reference: { mean: 31, deviation: 2.5 }, seconds: 600, machine: 'a processor' },
  })
  const cells = (name: string) => text.split('\n').find((line) => line.includes(`\`${name}\` |`))!.split(' | ').slice(4, 7)
  expect(cells('keras_vae')).toEqual(['**147.00**, met', '50 min', 'a processor'])
  expect(cells('binary_vae')).toEqual(
    ['not run to its end: training loss 101.00, test loss 100.13, after epoch 7 of 500', '2.0 h', ''])
  expect(cells('gan')).toEqual(['not run', '', ''])
  expect(cells('dcgan')).toEqual(['**34.00**, missed', '10 min', 'a processor'])
  expect(text).toContain(' | 31.00 ± 2.50 (PyTorch, the same recipe')
})

test("the variance of Keras' vq_vae is that of the digits", async () => {
  const { VARIANCE } = await load('keras_vq_vae.mjs') as Module & { VARIANCE: number }
  const { images } = await loadDataset('mnist')
  let [sum, squares] = [0, 0]
  for (const byte of images as Uint8Array) {
    sum += byte
    squares += byte * byte
  }
  const n = images.length
  expect(VARIANCE / ((squares / n - (sum / n) ** 2) / 255 ** 2)).toBeCloseTo(1, 5)
})

describe('a recipe of a small VAE', () => {
  const EPOCHS = 60
  /** What `npm run reproduce` does of one recipe. */
  const program = `
    import { reproduce, Stopped, underWay } from ${JSON.stringify(pathToFileURL(join(folder, 'runs.mjs')).href)}
    const folder = process.argv[2]
    const small = ['--hidden', '8', '--latent', '2', '--batch-size', '20', '--epochs', '${EPOCHS}', '--quiet']
    const recipe = {
      runs: { one: () => ['vae', '--data', ${JSON.stringify(DIGITS)}, ...small] },
      evaluate: () => ['--samples', '0', '--nll', '1'],
      judge: ({ one }) => one.evaluated.figures.nll,
    }
    try {
      console.log(JSON.stringify(await reproduce(folder, recipe)))
    } catch (error) {
      if (!(error instanceof Stopped)) throw error
      console.log(JSON.stringify(await underWay(folder, recipe)))
      process.exitCode = 130
    }`
  const file = join(at, 'reproduce-one.mjs')
  writeFileSync(file, program)
  const digestOf = (out: string) => readFileSync(join(out, 'one', 'digest.txt'), 'utf8')

  /** Runs it; a signal comes once it has trained an epoch. */
  async function run(out: string, signal?: 'SIGTERM'): Promise<{ code: number | null, said: string }> {
    const child = spawn(process.execPath, [file, out], { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => { said += text })
    const over = new Promise<number | null>((done) => child.on('close', done))
    const trained = () => existsSync(join(out, 'one', 'metrics.jsonl')) && readFileSync(join(out, 'one', 'metrics.jsonl')).length
    if (signal) {
      await vi.waitUntil(trained, { timeout: 60_000, interval: 10 })
      child.kill(signal)
    }
    return { code: await over, said: said.trim().split('\n').at(-1)! }
  }

  test('that is stopped goes on where it was, to the same bits, and is judged once', async () => {
    const [whole, parts] = [join(at, 'whole'), join(at, 'parts')]
    const once = await run(whole)
    expect(once.code).toBe(0)
    const stopped = await run(parts, 'SIGTERM')
    expect(stopped.code).toBe(130)
    const far = JSON.parse(stopped.said) as Record<string, number>
    expect(far).toMatchObject({ run: 'one', epochs: EPOCHS })
    expect(far['epoch']).toBeLessThan(EPOCHS)
    // As if it had been killed at its end, between its last figures and its last state.
    const metrics = join(parts, 'one', 'metrics.jsonl')
    const line = JSON.parse(readFileSync(metrics, 'utf8').split('\n')[0]!) as object
    appendFileSync(metrics, `${JSON.stringify({ ...line, epoch: EPOCHS, step: 3 * EPOCHS, complete: true })}\n`)
    const again = await run(parts)
    expect(again.code).toBe(0)
    expect(digestOf(parts)).toBe(digestOf(whole))
    const figure = ({ said }: { said: string }) => (JSON.parse(said) as { figure: number }).figure
    expect(figure(again)).toBe(figure(once))
    const judged = join(parts, 'one-evaluated.json')
    const kept = readFileSync(judged, 'utf8')
    writeFileSync(judged, kept.replace(/"nll":[\d.]+/, '"nll":12'))
    expect(figure(await run(parts))).toBe(12)
  }, 240_000)

  test('whose last epoch was cut has the means over all its images, and the time of all', async () => {
    const { underWay } = await import(join(folder, 'runs.mjs')) as { underWay: (out: string, recipe: object) => Promise<object> }
    const out = join(at, 'cut')
    mkdirSync(join(out, 'one'), { recursive: true })
    const line = (epoch: number, from: number, step: number, loss: number, complete?: boolean) =>
      JSON.stringify({ epoch, from, step, samples: Math.min(8 * step, 156) - 8 * from, metrics: { loss }, seconds: 60, complete })
    const lines = [
      line(1, 0, 10, 3, true), line(2, 10, 12, 9), line(2, 10, 14, 2, false), line(2, 14, 20, 1, true),
      line(3, 20, 23, 0.5, false),
    ]
    writeFileSync(join(out, 'one', 'metrics.jsonl'), `${lines.join('\n')}\n`)
    const recipe = { runs: { one: () => ['--epochs', '5'] } }
    expect(await underWay(out, recipe)).toMatchObject({ run: 'one', epoch: 2, epochs: 5, loss: (2 * 32 + 44) / 76, seconds: 240 })
    expect(await underWay(join(at, 'nothing'), recipe)).toBeUndefined()
  })
})
