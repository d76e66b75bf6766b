// What the package knows of a kind of model: a function that makes definitions, and, on it, what the command line, the worker,
// `verify`, the benchmarks and the tests ask for. The file of a model is all of it; src/models/registry.ts names the file.
import { plainOptions } from '../nn/rate.ts'
import {
  callable, check, complete, type Complete, type Given, isFunction, isRecord, name, type Option, record as recordRule, rule,
} from '../options.ts'
import type { ModelDefinition } from './definition.ts'

/** A model's options: each has a default, and a line that says what it is. */
export type Schema = Readonly<Record<string, Option>>

/** What is said of a kind of model, once. */
export interface KindRecord<S extends Schema = Schema> {
  /** Its name on the command line and in files. */
  readonly kind: string
  /** A line about it. */
  readonly summary: string
  /** Where it is from: authors, year, where it is to be read. */
  readonly paper?: string
  /**
   * The options that it takes. Among them `imageShape` is the shape of the images that it is to be trained on, and `classes`, of
   * a conditional model, how many classes they have.
   */
  readonly options: S
  /** Which images it takes, where not all: completes "takes …". */
  readonly images?: string
  /** How many epochs `ganglion train` trains by default. Default 10. */
  readonly epochs?: number
  /** How many images a step of it takes by default, of less than 64 × 64 pixels: of larger ones it is less. Default 128. */
  readonly batchSize?: number
}

/** A kind of model: called with options, it makes a definition, of `Metrics` and `Figures` as that is. */
export interface ModelKind<S extends Schema = Schema, Metrics extends string = string, Figures extends string = Metrics>
  extends KindRecord<S> {
  (options?: Given<S>): ModelDefinition<Metrics, Figures>
}

/** What is said of the package's own kinds as well. */
export interface Tried<S extends Schema = Schema> {
  readonly paper: string
  /**
   * What `verify` trains: narrow enough for seconds, wide enough for threads to divide its ops.
   * `steps`: of one seed, by default 200 of three, which is much where every runtime does it.
   */
  readonly verify: { readonly options: Given<S>, readonly batchSize: number, readonly steps?: number }
  /** What `ganglion bench` trains: a batch whose step fits a window; `quick` where it is part of the quick run. */
  readonly bench: { readonly batchSize: number, readonly quick: boolean }
}

/** A kind of the registry. */
export type OwnKind<S extends Schema = Schema, Metrics extends string = string, Figures extends string = Metrics> =
  ModelKind<S, Metrics, Figures> & Tried<S>

/** The options that a kind takes. */
export type OptionsOf<K> = K extends { readonly options: infer S extends Schema } ? Given<S> : never

/** A definition but for what its record says. */
export type Graphs<Metrics extends string = string, Figures extends string = Metrics> =
  Omit<ModelDefinition<Metrics, Figures>, 'kind' | 'options'>
type Make<S extends Schema, Metrics extends string, Figures extends string> = (options: Complete<S>) => Graphs<Metrics, Figures>

const OPTION = rule('what option() makes', (x): x is Option => isRecord(x) && isFunction(x['fault']))

/**
 * A kind of model, made of its record and of what makes a definition from complete options. The options are checked before.
 * @example
 * const mine = defineModel({
 *   kind: 'mine', summary: 'a linear autoencoder',
 *   options: { latent: options.option(options.count, 8, 'size of the code') },
 * }, ({ latent }) => {
 *   const [encoder, decoder] = [layers.dense({ units: latent }), layers.dense({ units: 784 })]
 *   const optimizer = optimizers.adam()
 *   return {
 *     imageShape: [28, 28, 1], codeShape: [latent], optimizers: [optimizer],
 *     train({ images }, pass) {
 *       const flat = ops.reshape(images, [-1, 784])
 *       const loss = losses.meanSquaredError(flat, decoder.apply(encoder.apply(flat, pass), pass))
 *       return [minimize(optimizer, loss, [encoder, decoder])]
 *     },
 *     decode: (codes, pass) => ops.reshape(decoder.apply(codes, pass), [-1, 28, 28, 1]),
 *   }
 * })
 */
export function defineModel<S extends Schema, Metrics extends string, Figures extends string = Metrics>(
  record: KindRecord<S> & Tried<NoInfer<S>>, make: Make<S, Metrics, Figures>,
): OwnKind<S, Metrics, Figures>
export function defineModel<S extends Schema, Metrics extends string, Figures extends string = Metrics>(
  record: KindRecord<S>, make: Make<S, Metrics, Figures>,
): ModelKind<S, Metrics, Figures>
/* @__NO_SIDE_EFFECTS__ */
export function defineModel<S extends Schema, Metrics extends string, Figures extends string>(
  record: KindRecord<S>, make: Make<S, Metrics, Figures>,
): ModelKind<S, Metrics, Figures> {
  check('defineModel', 'the record', record, recordRule)
  check('defineModel', 'kind', record.kind, name)
  check('defineModel', 'options', record.options, recordRule)
  for (const key in record.options) check('defineModel', `options.${key}`, record.options[key], OPTION)
  check('defineModel', 'make', make, callable)
  const define = (given: Given<S> = {} as Given<S>): ModelDefinition<Metrics, Figures> => {
    const options = complete(record.kind, given, record.options)
    return { ...make(options), kind: record.kind, options: plainOptions(options) as ModelDefinition['options'] }
  }
  return Object.assign(define, record)
}
