// What a training run is told, and the config.json that repeats it.
import type { ImageDataset } from '../data/dataset.ts'
import type { ModelDefinition } from '../models/definition.ts'
import { type ModelKind, type ModelOptions } from '../node/models.ts'
import { RUN_FORMAT, type RunConfig } from '../node/config.ts'
import type { Precision } from '../runtime/cores.ts'
import { absolute, dataHash } from './data.ts'
import { coreHash, version } from './version.ts'

export type KnownRun = RunConfig & { readonly data: NonNullable<RunConfig['data']> }

/** The run that goes on. */
export interface Resume {
  readonly folder: string
  readonly config: KnownRun
}

export interface Settings {
  readonly kind: ModelKind
  /** The model's options that were given. */
  readonly options: ModelOptions
  readonly data: string
  readonly limit?: number
  readonly epochs: number
  readonly batchSize: number
  readonly seed: number
  readonly threads: number | 'auto'
  readonly precision: Precision
  readonly wide: boolean
  /** The run folder; the first free one of the model's name when left out. */
  readonly out?: string
  readonly force: boolean
  readonly quiet: boolean
  readonly json: boolean
  /** The run to go on with, in its folder. */
  readonly resume?: Resume
}

/** @param threads how many the run has */
export async function configOf(
  settings: Settings, { options }: ModelDefinition, used: ImageDataset, threads: number,
): Promise<RunConfig> {
  const { kind, data, limit, epochs, batchSize, seed, precision, wide } = settings
  const source = absolute(data)
  return {
    format: RUN_FORMAT,
    command: commandLine(kind, {
      data: source, limit, epochs, batchSize, seed, threads: settings.threads, precision, ...options,
    }),
    model: { kind, options },
    data: { source, count: used.count, sha256: dataHash(used) },
    training: { seed, epochs, batchSize, threads, precision, wide },
    software: {
      ganglion: version(), core: `sha256:${await coreHash(precision, threads > 1, wide)}`, node: process.versions.node,
    },
  }
}

type Values = Readonly<Record<string, string | number | boolean | readonly number[] | undefined>>

/**
 * The command that gives a run again: options by their camel-case names, but for the images' shape, which comes from the
 * data. */
export function commandLine(kind: ModelKind, values: Values): string {
  const given = Object.entries(values).filter(([name, value]) => value !== undefined && name !== 'imageShape')
  return ['ganglion train', kind, ...given.map(([name, value]) => `--${kebab(name)} ${quoted(String(value))}`)].join(' ')
}

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
/** For a POSIX shell. */
const quoted = (value: string): string => (/^[\w./:@%+=,-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`)
