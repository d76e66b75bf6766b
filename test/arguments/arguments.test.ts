// Every exported function, with each kind of nonsense in each place: what is refused is refused in a sentence of ours, which
// names what was called. Nothing hangs, and nothing reserves memory for a number that was given by mistake.
import { rmSync } from 'node:fs'
import { afterAll, describe, expect, it, test } from 'vitest'
import * as api from '../../src/entries/index.ts'
import * as exported from '../../src/export/index.ts'
import * as more from '../../src/entries/models.ts'
import * as idx from '../../src/formats/idx.ts'
import * as metrics from '../../src/metrics/index.ts'
import * as npy from '../../src/formats/npy.ts'
import * as npz from '../../src/formats/npz.ts'
import * as safetensors from '../../src/formats/safetensors.ts'
import * as node from '../../src/node/index.ts'
import { ENTRIES, OF_ENTRIES, TRAINER } from './entries.ts'
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
/** A folder that is none, and a core of zeros, are refused for what they are. */
const REFUSED = [
  'createRuntime', 'slim.createRuntime', 'verify.verify', 'bench.bench', 'node.loadDataset', 'node.loadConfig', 'node.loadRun',
]

/** What takes objects that may hold more than is read, or that are no options. */
const FREE = [
  'exported.partsOf', 'node.saveConfig', 'node.encodePng', 'npy.encodeNpy', 'imageDataset', 'model.loadState',
  'worker.imageDataset', 'metrics.gaussian', 'metrics.frechetDistance', 'metrics.kernelDistance',
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

test('the list has every function of the entries', () => {
  const listed = Object.keys(ALL)
  const namespaces = ['ops', 'layers', 'losses', 'optimizers', 'schedules', 'initializers'] as const
  const missing = [
    ...Object.entries(api).filter(([, value]) => typeof value === 'function').map(([name]) => name),
    ...namespaces.flatMap((space) => Object.entries(api[space]).map(([name]) => `${space}.${name}`)),
    ...Object.entries({ exported, metrics, more, idx, npy, npz, safetensors, node, ...ENTRIES }).flatMap(([entry, all]) => (
      Object.entries(all as object).filter(([name, value]) => typeof value === 'function' && value !== (api as never)[name])
        .map(([name]) => `${entry}.${name}`))),
    ...Object.getOwnPropertyNames(api.Model.prototype).map((name) => `model.${name}`),
    ...Object.getOwnPropertyNames(TRAINER).map((name) => `trainer.${name}`),
  ].filter((name) => !listed.includes(name) && !listed.includes(`models.${name}`) && !OTHERS.includes(name))
  expect(missing).toEqual(['model.constructor', 'model.compiled', 'trainer.constructor'])
})
