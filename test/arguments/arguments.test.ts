// Every exported function, with each kind of nonsense in each place: what is refused is refused in a sentence of ours, which
// names what was called. Nothing hangs, and nothing reserves memory for a number that was given by mistake.
import { readFileSync, rmSync } from 'node:fs'
import { basename } from 'node:path'
import { afterAll, describe, expect, it, test } from 'vitest'
import * as api from '../../src/entries/index.ts'
import { models } from '../../src/models/kinds.ts'
import { OF_ENTRIES, TRAINER } from './entries.ts'
import { FUNCTIONS, OTHERS } from './functions.ts'
import { complaintOf, NONSENSE } from './nonsense.ts'

// As a folder, a string that is nonsense is one.
afterAll(() => rmSync('nonsense', { recursive: true, force: true }))

/** Options, data and definitions: not what the package itself made, a layer, an optimizer, a program. */
const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype &&
  !('apply' in value || 'tape' in value)

/** `args` with one of them, or one part of an object among them, as `made`. */
function* spoiled(args: readonly unknown[], made: () => unknown): Generator<readonly [where: string, args: readonly unknown[]]> {
  for (const [i, arg] of args.entries()) {
    const at = (value: unknown) => args.map((given, j) => (j === i ? value : given))
    yield [`argument ${i}`, at(made())]
    if (isPlain(arg)) for (const key of Object.keys(arg)) yield [`argument ${i}.${key}`, at({ ...arg, [key]: made() })]
  }
}

const ALL = { ...FUNCTIONS, ...OF_ENTRIES }
/** A folder that is none, a core of zeros and a server that is none are refused for what they are. */
const REFUSED = [
  'createRuntime', 'slim.createRuntime', 'verify.verify', 'bench.bench', 'node.loadDataset', 'node.loadConfig', 'node.loadRun',
  'node.openDataset', 'swarm.join',
]

/** What takes objects that may hold more than is read, or that are no options. */
const FREE = [
  'export.partsOf', 'options.check', 'options.complete', 'options.required', 'node.saveConfig', 'node.encodePng', 'npy.encodeNpy',
  'pictures.encodePictureSet', 'imageDataset',
  'model.loadState', 'worker.imageDataset', 'metrics.gaussian', 'metrics.frechetDistance', 'metrics.kernelDistance',
  'trainer.loadState', 'bench.compareReports', 'bench.reportTable', 'bench.wrong', 'serve.serveTrainer',
]

describe.each(Object.entries(ALL))('%s', (name, [f, args, named = new RegExp(name.split('.').at(-1)!, 'i')]) => {
  const call = f as (...given: unknown[]) => unknown

  it('takes what it should', async () => {
    if (!REFUSED.includes(name)) expect(await complaintOf(call, args(), /^$/)).toBeNull()
  })

  it('says what is wrong', async () => {
    const complaints: string[] = []
    const hear = async (what: string, given: readonly unknown[]) => {
      const complaint = await complaintOf(call, given, named)
      if (complaint) complaints.push(`${what}: ${complaint}`)
    }
    await hear('no arguments', [])
    for (const [kind, make] of Object.entries(NONSENSE)) {
      for (const [where, given] of spoiled(args(), make)) await hear(`${kind} as ${where}`, given)
    }
    expect(complaints).toEqual([])
  }, 180_000)
})

const OPTIONED = Object.entries(ALL).filter(([, [, args]]) => isPlain(args().at(-1)))
test.each(OPTIONED)('%s refuses an option that there is not', async (name, [f, args]) => {
  const given = args()
  const misspelt = [...given.slice(0, -1), { ...given.at(-1) as object, optoin: 1 }]
  const complaint = await complaintOf(f as (...all: unknown[]) => unknown, misspelt, /^$/)
  if (!FREE.includes(name)) expect(complaint).toMatch(/optoin/)
})

/** What JavaScript calls an object, and has no option. */
const NO_RECORDS: Readonly<Record<string, () => object>> = {
  'a Map': () => new Map([['optoin', 1]]), 'a date': () => new Date(0), 'a promise': () => Promise.resolve({}),
  'an expression': () => /a/, 'bytes': () => new Uint8Array(2), 'a list': () => [], 'a function': () => () => undefined,
}
/** A copy of arguments, or of an object among them, for each object that they hold, with `made` in its place. */
function* replaced(
  given: unknown, made: () => object, path: readonly string[] = [],
): Generator<readonly [where: string, given: unknown]> {
  const parts = Array.isArray(given) ? Object.entries(given) : isPlain(given) ? Object.entries(given) : []
  for (const [key, part] of parts) {
    const put = (value: unknown) => (Array.isArray(given) ? given.with(Number(key), value) : { ...given as object, [key]: value })
    if (isPlain(part)) yield [[...path, key].join('.'), put(made())]
    for (const [deeper, inner] of replaced(part, made, [...path, key])) yield [deeper, put(inner)]
  }
}
/** Callbacks may be a list; the options of a definition are written down, and not read. */
const OTHERWISE = /callbacks$|^\d+\.options$/
const RECORDED = Object.entries(ALL).filter(([, [, args]]) => !replaced(args(), () => ({})).next().done)
test.each(RECORDED)('%s refuses other objects in place of an object', async (_, [f, args]) => {
  const taken: string[] = []
  for (const [kind, make] of Object.entries(NO_RECORDS)) {
    for (const [where, given] of replaced(args(), make)) {
      const complaint = await complaintOf(f as (...all: unknown[]) => unknown, given as unknown[], /^$/)
      if (complaint === null && !OTHERWISE.test(where)) taken.push(`${kind} as ${where}`)
    }
  }
  expect(taken).toEqual([])
})

/** What package.json exports as modules of functions, by the last part of its path. A worker's file has no functions. */
async function entriesOf(): Promise<[entry: string, exported: object][]> {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: Record<string, string | { types: string }> }
  const typed = Object.entries(exports).flatMap(([path, file]) => (
    typeof file === 'string' || path.endsWith('.js') ? [] : [[basename(path), file.types] as const]))
  return Promise.all(typed.map(async ([entry, types]): Promise<[string, object]> => {
    const source = types.replace('./dist/', '../../src/').replace(/\.d\.ts$/, '.ts')
    return [entry, await import(source) as object]
  }))
}

test('the list has every function of every entry of package.json', async () => {
  const listed = Object.keys(ALL)
  const namespaces = ['ops', 'layers', 'losses', 'optimizers', 'schedules', 'initializers'] as const
  const entries = await entriesOf()
  expect(entries.map(([entry]) => entry)).toEqual(expect.arrayContaining(['.', 'api', 'worker', 'serve', 'pictures', 'metrics']))
  const kinds = new Set<unknown>(Object.values(models))
  const missing = [
    ...entries.flatMap(([entry, all]) => Object.entries(all)
      .filter(([name, value]) => (
        typeof value === 'function' && (entry === '.' || value !== (api as never)[name]) && !kinds.has(value)))
      .map(([name]) => (entry === '.' ? name : `${entry}.${name}`))),
    ...namespaces.flatMap((space) => Object.entries(api[space]).map(([name]) => `${space}.${name}`)),
    ...Object.entries(api.options).filter(([, value]) => typeof value === 'function').map(([name]) => `options.${name}`),
    ...Object.getOwnPropertyNames(api.Model.prototype).map((name) => `model.${name}`),
    ...Object.getOwnPropertyNames(TRAINER).map((name) => `trainer.${name}`),
  ].filter((name) => !listed.includes(name) && !listed.includes(`models.${name}`) && !OTHERS.includes(name))
  expect(missing).toEqual(['model.constructor', 'model.compiled', 'trainer.constructor'])
})
