// config.json of a run folder: everything needed to repeat the run, and to make its model again.
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { GanglionError } from '../errors.ts'
import type { Precision } from '../runtime/cores.ts'
import { writeFileAtomic } from './files.ts'
import { isModelKind, type ModelKind, modelKinds, type ModelOptions, models, optionsOf } from './models.ts'

/** The format of the run folder that this version writes and reads. */
export const RUN_FORMAT = 1

/** config.json: everything needed to repeat the run. */
export interface RunConfig {
  readonly format: typeof RUN_FORMAT
  /** The command that repeats it, with every option spelled out. */
  readonly command?: string
  readonly model: { readonly kind: ModelKind, readonly options: ModelOptions }
  readonly data?: {
    /** What `loadDataset` takes; paths are absolute. */
    readonly source: string
    /** How many samples trained the model, from the first on, and the SHA-256 of their bytes. */
    readonly count: number
    readonly sha256: string
  }
  readonly training: {
    readonly seed: number
    readonly epochs?: number
    readonly batchSize?: number
    /** How many threads trained, which changes no bit, and with which core. */
    readonly threads?: number
    readonly precision?: Precision
    readonly wide?: boolean
  }
  readonly software: { readonly ganglion: string, readonly core: string, readonly node: string }
}

/**
 * Writes config.json, readable.
 * @throws GanglionError when it cannot be written
 */
export function saveConfig(folder: string, config: RunConfig): Promise<void> {
  return writeFileAtomic(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`)
}

/**
 * Reads and checks config.json.
 * @throws GanglionError when there is none, or it is not what a run writes
 */
export async function loadConfig(folder: string): Promise<RunConfig> {
  const path = join(folder, 'config.json')
  const text = await readFile(path, 'utf8').catch(async (cause: NodeJS.ErrnoException) => {
    throw new GanglionError(`"${folder}" is not a run folder: ${await why(folder, cause)}; ` +
      'give a folder that "ganglion train" wrote', { cause })
  })
  const damaged = (what: string, cause?: unknown): GanglionError =>
    new GanglionError(`"${path}" is damaged: ${what}; train again, or mend it by hand`, { cause })
  let config: Partial<RunConfig> | null
  try {
    config = JSON.parse(text) as Partial<RunConfig> | null
  } catch (cause) {
    throw damaged('it is not JSON', cause)
  }
  const format: unknown = config?.format
  if (typeof format === 'number' && format > RUN_FORMAT) {
    throw new GanglionError(`"${path}" has the format ${format}, ` +
      `and this version of Ganglion reads ${RUN_FORMAT}; update Ganglion`)
  }
  if (format !== RUN_FORMAT) throw damaged(`format expected ${RUN_FORMAT}, found ${JSON.stringify(format)}`)
  const { kind, options } = config?.model ?? {}
  if (!isModelKind(kind)) throw damaged(`model.kind expected ${modelKinds.join(', ')}, found ${JSON.stringify(kind)}`)
  const defaults = models[kind].define({}).options
  for (const [name, value] of Object.entries(optionsOf(kind))) {
    const found = options?.[name]
    if (isLike(found, value) || (found === undefined && !(name in defaults))) continue
    throw damaged(`model.options.${name} expected something like ${JSON.stringify(value)}, found ${JSON.stringify(found)}`)
  }
  const seed = config?.training?.seed
  if (!Number.isSafeInteger(seed) || seed! < 0) {
    throw damaged(`training.seed expected an integer from 0 to 2^53 - 1, found ${JSON.stringify(seed)}`)
  }
  for (const [what, found, expected, fits] of fieldsOf(config as RunConfig)) {
    if (found !== undefined && !fits(found)) throw damaged(`${what} expected ${expected}, found ${JSON.stringify(found)}`)
  }
  return config as RunConfig
}

/** Why there is no config.json to read. */
async function why(folder: string, { code, message }: NodeJS.ErrnoException): Promise<string> {
  if (code === 'EISDIR') return 'its config.json is a folder'
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return message
  const found = await stat(folder).catch(() => null)
  return found ? found.isDirectory() ? 'it holds no config.json' : 'it is a file' : 'there is no such folder'
}

type Field = readonly [name: string, found: unknown, expected: string, fits: (x: unknown) => boolean]

const isText = (x: unknown): boolean => typeof x === 'string' && x !== ''
const isCount = (x: unknown): boolean => Number.isSafeInteger(x) && (x as number) > 0
const isFlag = (x: unknown): boolean => typeof x === 'boolean'
const isObject = (x: unknown): boolean => typeof x === 'object' && x !== null && !Array.isArray(x)

/** What may be left out, and what it is where it is there. */
function fieldsOf({ data, training }: RunConfig): Field[] {
  const { source = null, count = null, sha256 = null } = data ?? {}
  const { epochs, batchSize, threads, precision, wide } = training
  return [
    ['data', data, 'an object', isObject],
    ...(data === undefined ? [] : [
      ['data.source', source, 'mnist, fashion or a path', isText],
      ['data.count', count, 'a positive integer', isCount],
      ['data.sha256', sha256, '64 hexadecimal digits', (x) => typeof x === 'string' && /^[0-9a-f]{64}$/.test(x)],
    ] satisfies Field[]),
    ['training.epochs', epochs, 'a positive integer', isCount],
    ['training.batchSize', batchSize, 'a positive integer', isCount],
    ['training.threads', threads, 'a positive integer', isCount],
    ['training.precision', precision, 'deterministic or relaxed', (x) => x === 'deterministic' || x === 'relaxed'],
    ['training.wide', wide, 'true or false', isFlag],
  ]
}

/** Whether a value could stand where a default stands: the same type, no negative number, sizes above 0. */
function isLike(found: unknown, value: ModelOptions[string]): boolean {
  if (Array.isArray(value)) {
    return Array.isArray(found) && found.length === value.length && found.every((n) => Number.isInteger(n) && n > 0)
  }
  return typeof found === typeof value && (typeof found !== 'number' || found >= 0)
}
