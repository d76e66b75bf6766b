// A run as a run folder in a zip file, which the command line goes on from to the bit, and such files opened again.
import { createRuntime, Model, type State } from 'ganglion'
import { decodeSafetensors, encodeSafetensors } from 'ganglion/safetensors'
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate'
import type { Software } from '../../plugins/software.ts'
import { definitionOf, exported } from './kinds.ts'

export interface Data {
  readonly source: string
  readonly count: number
  readonly load?: Readonly<Record<string, unknown>>
  readonly classNames?: readonly string[]
}
export interface Writing {
  /** Of the folder. */
  readonly name: string
  readonly kind: string
  readonly options: object
  readonly seed: number
  readonly batch: number
  readonly augment: string
  readonly threads: number
  readonly state: State
  readonly step: number
  readonly epoch: number
  readonly metrics: Readonly<Record<string, number>>
  readonly data: Data
  /** What it was trained on, for their hash. */
  readonly images: Uint8Array | Float32Array
  readonly software: Software
}
export interface Config {
  readonly format: number
  readonly model: { readonly kind: string, readonly options: Readonly<Record<string, unknown>> }
  readonly data?: Data & { readonly sha256: string }
  readonly training: {
    readonly seed: number, readonly batchSize?: number, readonly augment?: string, readonly accumulate?: number,
  }
}
export interface Opened {
  readonly config: Config
  readonly state: State
  readonly step: number
  readonly epoch: number
  readonly digest: string
}
export type Request = { readonly write: Writing } | { readonly read: Uint8Array } | { readonly hash: Uint8Array | Float32Array }
export type Reply = { readonly value: Uint8Array | Opened | string } | { readonly error: string }

const FORMAT = 1
/** Epochs that the command line goes on to, where it is not told. */
const EPOCHS = 10
/** Bytes of the largest file that is unpacked. */
const LARGEST = 2 ** 30
const FILES = ['config.json', 'state.safetensors', 'digest.txt', 'checksums.txt', 'metrics.jsonl'] as const

async function hashOf(bytes: Uint8Array | Float32Array): Promise<string> {
  if (!globalThis.crypto?.subtle) throw new Error('this page is not from a secure address, where hashes cannot be had; use https')
  const given = new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength)
  return Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', given)), (x) => x.toString(16).padStart(2, '0')).join('')
}

async function write(of: Writing): Promise<Uint8Array> {
  const { name, kind, options, seed, batch, augment, threads, state, step, epoch, metrics, data, images, software } = of
  const model = await Model.create(await createRuntime(), definitionOf(kind, options), { seed })
  model.loadState(state)
  const { counters, variables } = model.state()
  const shapes = new Map(model.session.variables.map(({ attrs, shape }) => [attrs.name, shape]))
  const tensors = new Map<string, { shape: readonly number[], data: Float32Array | Uint32Array }>(
    [['counters', { shape: [counters.length], data: counters }]])
  for (const [each, data] of variables) tensors.set(each, { shape: shapes.get(each)!, data })
  const metadata = { format: 'ganglion', kind }
  const saved = new Map([
    ['weights.safetensors', encodeSafetensors(model.weights(), metadata)],
    ['state.safetensors', encodeSafetensors(tensors, metadata)],
    ['digest.txt', strToU8(`${await model.digest()}\n`)],
  ])
  const sums = await Promise.all([...saved].map(async ([file, bytes]) => `${await hashOf(bytes)}  ${file}\n`))
  const config = {
    format: FORMAT,
    model: { kind, options },
    data: { ...data, sha256: await hashOf(images) },
    training: {
      seed, epochs: Math.max(EPOCHS, epoch + 1), batchSize: batch, accumulate: 1, ...(augment && { augment }),
      threads, precision: 'deterministic', wide: false,
    },
    software: { ganglion: software.ganglion, core: threads > 1 ? software.threads : software.core, node: 'none: in a page' },
  }
  const line = { epoch, from: 0, step, metrics, seconds: 0, samplesPerSecond: 0, complete: false }
  return zipSync(Object.fromEntries([
    ...saved, ['checksums.txt', strToU8(sums.join(''))], ['config.json', strToU8(`${JSON.stringify(config, null, 2)}\n`)],
    ['metrics.jsonl', strToU8(`${JSON.stringify(line)}\n`)],
  ].map(([file, bytes]) => [`${name}/${file as string}`, bytes as Uint8Array])))
}

async function read(bytes: Uint8Array): Promise<Opened> {
  const all = unzipSync(bytes, {
    filter: ({ name, originalSize }) => (
      FILES.some((file) => name === file || name.endsWith(`/${file}`)) && originalSize < LARGEST),
  })
  const config = Object.keys(all).filter((name) => /(?:^|\/)config\.json$/.test(name)).sort((a, b) => a.length - b.length)[0]
  if (config === undefined) throw new Error('there is no config.json in it; give the zip file of a run folder')
  const folder = config.slice(0, -'config.json'.length)
  const file = (name: (typeof FILES)[number]): Uint8Array => {
    const found = all[folder + name]
    if (!found) throw new Error(`there is no ${name} in it; give the whole run folder`)
    return found
  }
  const state = file('state.safetensors')
  const sums = strFromU8(file('checksums.txt'))
  if (!sums.includes(`${await hashOf(state)}  state.safetensors`)) throw new Error('its state is not the one that was saved')
  const made = JSON.parse(strFromU8(all[config]!)) as Config
  if (made.format !== FORMAT) throw new Error(`it has the format ${made.format}, and this page reads ${FORMAT}`)
  const { kind } = made.model
  if (!exported.some((each) => each.kind.kind === kind)) throw new Error(`its model is "${kind}", not one of this page`)
  const { tensors } = decodeSafetensors(state, 'state.safetensors')
  const counters = tensors.get('counters')!.data as Uint32Array
  tensors.delete('counters')
  const variables = new Map([...tensors].map(([name, { data }]) => [name, data as Float32Array] as const))
  const last = JSON.parse(strFromU8(file('metrics.jsonl')).trim().split('\n').at(-1)!) as { step: number, epoch: number }
  return {
    config: made, state: { variables, counters }, step: last.step, epoch: last.epoch,
    digest: strFromU8(file('digest.txt')).trim(),
  }
}

const answer = (request: Request): Promise<Uint8Array | Opened | string> => (
  'write' in request ? write(request.write) : 'read' in request ? read(request.read) : hashOf(request.hash))

onmessage = ({ data }: MessageEvent<Request>) => void answer(data).then(
  (value) => postMessage({ value } satisfies Reply), (error: Error) => postMessage({ error: error.message } satisfies Reply))
