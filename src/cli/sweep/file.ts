// A sweep's file: which options runs have in common, and which they differ in. Invariant: the same file gives the same runs in
// the same order, each a list of arguments of `ganglion train`, checked before the first is trained.
import { createHash } from 'node:crypto'
import { GanglionError } from '../../errors.ts'
import { exp, log } from '../../metrics/elementary.ts'
import { isCount, isRecord, shown } from '../../options.ts'
import { nearest } from '../nearest.ts'

type Value = string | number | boolean
/** A run of a sweep: options of `ganglion train` by their names. */
export type RunOptions = Readonly<Record<string, Value>>

export interface Sweep {
  readonly model: string
  /** What all runs have. */
  readonly train: RunOptions
  /** What each has besides. */
  readonly runs: readonly RunOptions[]
  /** Epochs after which the best go on, the last for those that are left; one number without halving. */
  readonly rungs: readonly number[]
  /** How many of those that trained so long go on to the next rung. */
  readonly keep: number
  /** What runs are judged by, the lower the better: test.loss, say. */
  readonly metric: string
}

const MOST_RUNS = 10_000
/** Options of `ganglion train` that a sweep gives itself. */
const OWN: readonly string[] = ['epochs', 'out', 'force', 'resume', 'json', 'quiet', 'model', 'nats', 'run']
const KEYS = ['model', 'train', 'grid', 'random', 'seeds', 'halving', 'metric'] as const
const EPOCHS = 1
const KEEP = 1 / 3

/** @throws GanglionError where the text is not such a file */
export function parseSweep(text: string, path: string): Sweep {
  const fail = (what: string): never => { throw new GanglionError(`"${path}": ${what}`) }
  let file: unknown
  try {
    file = JSON.parse(text)
  } catch (cause) {
    return fail(`it is not JSON: ${(cause as Error).message}`)
  }
  if (!isRecord(file)) return fail(`expected an object with ${KEYS.join(', ')}`)
  for (const key of Object.keys(file)) {
    if ((KEYS as readonly string[]).includes(key)) continue
    fail(`there is no "${key}"; it takes ${KEYS.join(', ')}${nearest(key, KEYS)}`)
  }
  const { model, train = {}, grid = {}, random, seeds, halving, metric = 'loss' } = file
  if (typeof model !== 'string' || !model) return fail('model expected the name of a model, such as "vae"')
  if (typeof metric !== 'string') return fail('metric expected a name, such as "loss" or "test.loss"')
  const common = optionsOf(train, 'train', fail)
  const own = Object.keys(common).find((name) => name !== 'epochs' && OWN.includes(name))
  if (own !== undefined) fail(`the option ${own} is the sweep's own; leave it out`)
  const lists = Object.entries(recordOf(grid, 'grid', fail))
    .map(([name, values]) => [name, valuesOf(values, `grid.${name}`, fail)] as const)
  if (seeds !== undefined) lists.push(['seed', valuesOf(seeds, 'seeds', fail)])
  const drawn = random === undefined ? undefined : randomOf(random, fail)
  const count = lists.reduce((n, [, values]) => n * values.length, drawn?.count ?? 1)
  if (count > MOST_RUNS) {
    fail(`it has ${count} runs, expected at most ${MOST_RUNS}; take fewer values, or draw some with "random"`)
  }
  let runs: RunOptions[] = drawn ? Array.from({ length: drawn.count }, (_, i) => drawn.run(i)) : [{}]
  for (const [name, values] of lists) {
    const twice = runs[0] && Object.hasOwn(runs[0], name)
    if (twice || Object.hasOwn(common, name)) fail(`the option ${name} is given twice`)
    if (OWN.includes(name)) fail(`the option ${name} is the sweep's own; how long runs train, train.epochs or halving says`)
    runs = runs.flatMap((run) => values.map((value) => ({ ...run, [name]: value })))
  }
  const { rungs, keep } = rungsOf(halving, common, fail)
  const { epochs: _, ...rest } = common
  return { model, train: rest, runs, rungs, keep, metric }
}

type Fail = (what: string) => never

const isValue = (x: unknown): x is Value =>
  typeof x === 'string' || typeof x === 'boolean' || (typeof x === 'number' && Number.isFinite(x))

function recordOf(x: unknown, name: string, fail: Fail): Readonly<Record<string, unknown>> {
  return isRecord(x) ? x : fail(`${name} expected an object with options of "ganglion train"`)
}

function optionsOf(x: unknown, name: string, fail: Fail): RunOptions {
  for (const [key, value] of Object.entries(recordOf(x, name, fail))) {
    if (!isValue(value)) fail(`${name}.${key} is ${shown(value)}, expected a text, a number or true`)
  }
  return x as RunOptions
}

function valuesOf(x: unknown, name: string, fail: Fail): readonly Value[] {
  if (Array.isArray(x) && x.length && x.every(isValue)) return x
  return fail(`${name} is ${shown(x)}, expected a list of values`)
}

function rungsOf(halving: unknown, { epochs = EPOCHS }: RunOptions, fail: Fail): { rungs: readonly number[], keep: number } {
  if (!isCount(epochs as number)) fail(`train.epochs is ${shown(epochs)}, expected a positive integer`)
  if (halving === undefined) return { rungs: [epochs as number], keep: 1 }
  const { epochs: rungs, keep = KEEP, ...others } = recordOf(halving, 'halving', fail)
  const [other] = Object.keys(others)
  if (other !== undefined) fail(`there is no "halving.${other}"; it takes epochs, keep`)
  const rising = Array.isArray(rungs) && rungs.length > 1 &&
    rungs.every((n: number, i) => isCount(n) && n > (i ? rungs[i - 1] as number : 0))
  if (!rising) return fail(`halving.epochs is ${shown(rungs)}, expected rising numbers of epochs, such as [1, 3, 9]`)
  if (typeof keep !== 'number' || !(keep > 0 && keep < 1)) {
    return fail(`halving.keep is ${shown(keep)}, expected a number between 0 and 1`)
  }
  return { rungs: rungs as number[], keep }
}

/** Values that a run draws: of a list, or `{ from, to }`, evenly, by their logarithm or among integers. */
function randomOf(x: unknown, fail: Fail): { count: number, run: (i: number) => RunOptions } {
  const { runs, seed = 1, options, ...others } = recordOf(x, 'random', fail)
  const [other] = Object.keys(others)
  if (other !== undefined) fail(`there is no "random.${other}"; it takes runs, seed, options`)
  if (typeof runs !== 'number' || !isCount(runs)) return fail(`random.runs is ${shown(runs)}, expected a positive integer`)
  const draws = Object.entries(recordOf(options, 'random.options', fail)).map(([name, of]) => {
    const where = `random.options.${name}`
    if (Array.isArray(of)) {
      const values = valuesOf(of, where, fail)
      return [name, (u: number): Value => values[Math.floor(u * values.length)]!] as const
    }
    return [name, rangeOf(recordOf(of, where, fail), where, fail)] as const
  })
  const run = (i: number) => Object.fromEntries(draws.map(([name, draw]) => [name, draw(uniform(`${shown(seed)} ${i} ${name}`))]))
  return { count: runs, run }
}

function rangeOf(range: Readonly<Record<string, unknown>>, where: string, fail: Fail): (u: number) => Value {
  const { from, to, log: isLog = false, integer = false, ...others } = range
  const [other] = Object.keys(others)
  if (other !== undefined) fail(`there is no "${where}.${other}"; it takes from, to, log, integer`)
  if (typeof from !== 'number' || typeof to !== 'number' || !(from < to) || (isLog && from <= 0)) {
    return fail(`${where} expected { "from": a, "to": b }, a below b${isLog ? ' and above 0' : ''}`)
  }
  return (u) => {
    const x = isLog ? exp(log(from) + u * log(to / from)) : from + (to - from) * u
    // Of three digits, so that a command shows what it is.
    return integer ? Math.round(x) : Number(x.toPrecision(3))
  }
}

/** From 0 to 1, of a text. */
const uniform = (text: string): number => createHash('sha256').update(text).digest().readUInt32LE(0) / 4294967296
