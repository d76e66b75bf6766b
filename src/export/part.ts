// The parts of a model that are exported, each a graph of its own with named inputs and outputs.
// Invariant: a part has the variables that its graph reads, and no others: a generator leaves its discriminator behind. Where a
// definition decodes with averaged weights (`ema`), those are what its graph reads.
import { compile, type Program } from '../compiler/program.ts'
import { GanglionError } from '../errors.ts'
import { input, isInput, isVariable, type Variable } from '../graph/leaves.ts'
import type { Shape, Tensor } from '../graph/tensor.ts'
import { topological } from '../graph/walk.ts'
import type { ModelDefinition } from '../models/definition.ts'
import { ofShape } from '../models/stages.ts'
import { Pass } from '../nn/layer.ts'
import { randomNormal } from '../ops/random.ts'
import { checked, record } from '../options.ts'

/**
 * | part | from | to |
 * |---|---|---|
 * | generator | `noise`, standard normal: what `sample` draws | `images` |
 * | decoder | `codes` | `images` |
 * | encoder | `images` | `codes` |
 * | autoencoder | `images` | `reconstructions` |
 * | discriminator | `images` | `scores` |
 *
 * A model with classes takes `labels`, class numbers, beside them. Images are NHWC, in [-1, 1].
 */
export const PARTS = ['generator', 'decoder', 'encoder', 'autoencoder', 'discriminator'] as const
export type Part = (typeof PARTS)[number]
/** What `sample` needs. */
export const DEFAULT_PART: Part = 'generator'

/** What a part computes, for so many rows. */
export interface PartGraph {
  readonly part: Part
  readonly rows: number
  /** What it is fed: [rows, …]. An input that it does not read is none of it. */
  readonly inputs: ReadonlyMap<string, Tensor>
  readonly outputs: ReadonlyMap<string, Tensor>
  readonly variables: readonly Variable[]
}

export interface GraphOptions {
  /** Whether a generator draws its noise itself, the numbers that `sample` draws with 64 rows; otherwise it is an input. */
  readonly drawn?: boolean
}

/**
 * The parts that a model of a definition has. @throws TypeError where it is none
 * @example
 * partsOf(vae()) // what of it can be exported
 */
export const partsOf = checked('partsOf', { 'the definition': record }, (
  { encode, discriminate }: Pick<ModelDefinition, 'encode' | 'discriminate'>,
): Part[] => PARTS.filter((part) => (
  part === 'encoder' || part === 'autoencoder' ? encode : part === 'discriminator' ? discriminate : true
)))

/** @throws GanglionError where the model has no such part */
export function checkPart(definition: ModelDefinition, part: Part): void {
  const parts = partsOf(definition)
  if (parts.includes(part)) return
  throw new GanglionError(`a ${definition.kind} has no ${part}; export one of its parts: ${parts.join(', ')}`)
}

/**
 * The graph of a part for `rows` rows.
 * @throws GanglionError where the model has no such part; RangeError where a graph gives another shape than the definition says
 */
export function graphOf(definition: ModelDefinition, part: Part, rows: number, { drawn = false }: GraphOptions = {}): PartGraph {
  checkPart(definition, part)
  const { imageShape, codeShape, classes, encode, discriminate, sampleCodes } = definition
  const of = (name: string, shape: Shape) => input(name, [rows, ...shape])
  const labels = classes === undefined ? undefined : of('labels', [])
  const decode = (codes: Tensor) => ofShape(definition.decode(codes, new Pass(false), labels), 'decode', rows, imageShape)
  const codesOf = (images: Tensor) => ofShape(encode!(images, new Pass(false), labels), 'encode', rows, codeShape)
  const build = {
    generator() {
      const noise = drawn ? randomNormal([rows, ...codeShape], 'sample') : of('noise', codeShape)
      const codes = sampleCodes?.(noise, labels, new Pass(false)) ?? noise
      return { images: decode(ofShape(codes, 'sampleCodes', rows, codeShape)) }
    },
    decoder: () => ({ images: decode(of('codes', codeShape)) }),
    encoder: () => ({ codes: codesOf(of('images', imageShape)) }),
    autoencoder: () => ({ reconstructions: decode(codesOf(of('images', imageShape))) }),
    discriminator: () => ({ scores: discriminate!(of('images', imageShape), new Pass(false), labels) }),
  } satisfies Record<Part, () => Record<string, Tensor>>
  const outputs = new Map<string, Tensor>(Object.entries(build[part]()))
  const all = topological([...outputs.values()])
  return {
    part, rows, outputs,
    // Labels come last.
    inputs: new Map(all.filter(isInput).sort((a, b) => Number(a === labels) - Number(b === labels))
      .map((x) => [x.attrs.name, x])),
    variables: all.filter(isVariable),
  }
}

/** The program of a part, for one thread, in a group that is named as the part. */
export const programOf = ({ part, outputs }: PartGraph): Program =>
  compile({ group: part, stages: [{ outputs: Object.fromEntries(outputs) }] })
