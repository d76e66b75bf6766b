// config.json of a run folder: everything needed to repeat the run, and to make its model again.
import { readFile } from 'node:fs/promises'
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
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' || cause.code === 'ENOTDIR' ? 'it holds no config.json' : cause.message
    throw new GanglionError(`"${folder}" is not a run folder: ${why}; give a folder that "ganglion train" wrote`, { cause })
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
  return config as RunConfig
}

/** Whether a value could stand where a default stands: the same type, no negative number, sizes above 0. */
function isLike(found: unknown, value: ModelOptions[string]): boolean {
  if (Array.isArray(value)) {
    return Array.isArray(found) && found.length === value.length && found.every((n) => Number.isInteger(n) && n > 0)
  }
  return typeof found === typeof value && (typeof found !== 'number' || found >= 0)
}
