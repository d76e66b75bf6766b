// A model's graphs besides training, run on any number of rows: CHUNK at a time, the last filled up.
// Invariant: what row i comes to depends on the weights, the row, the seed and i alone, whatever ran before.
import type { FunctionSpec } from '../compiler/program.ts'
import { checkFloats } from '../data/dataset.ts'
import { checkLabels } from '../data/rows.ts'
import { input } from '../graph/leaves.ts'
import { type Shape, sizeOf } from '../graph/tensor.ts'
import type { ModelDefinition } from '../models/definition.ts'
import { ofShape } from '../models/stages.ts'
import { Pass } from '../nn/layer.ts'
import { randomNormal } from '../ops/random.ts'
import { check, complete, count as countRule, type Given, numbers, seed as seedRule, whole } from '../options.ts'
import type { CompiledFunction } from '../runtime/function.ts'
import type { Session } from '../runtime/session.ts'

/** Rows worked on at a time. Random ops draw by chunk and row, so another number would give other samples. */
export const CHUNK = 64

const OPTIONS = {
  /** What random numbers are drawn from. Default: the model's seed. */
  seed: seedRule,
  /** The class of each row, where the model has classes. */
  labels: numbers,
  /** One class for all rows, in place of `labels`. */
  label: whole,
}
export type RowOptions = Given<typeof OPTIONS>

/** The graphs: codes to sample from, and from one side of the model to the other. The group of each has its name. */
export type RowsGraph = 'sample' | 'decode' | 'encode'

/** What a graph computes of CHUNK rows of `x`, which `sample` does not read, and of their labels: `y`. */
export function rowsSpec(definition: ModelDefinition, group: RowsGraph): FunctionSpec {
  const { codeShape, imageShape, classes, encode, decode, sampleCodes } = definition
  const labels = classes === undefined ? undefined : input('labels', [CHUNK])
  const rows = (shape: Shape) => input('x', [CHUNK, ...shape])
  const graphs = {
    sample() {
      const noise = randomNormal([CHUNK, ...codeShape], 'sample')
      return sampleCodes ? sampleCodes(noise, labels, new Pass(false)) : noise
    },
    decode: () => decode(rows(codeShape), new Pass(false), labels),
    encode: () => encode!(rows(imageShape), new Pass(false), labels),
  }
  const y = ofShape(graphs[group](), group, CHUNK, group === 'decode' ? imageShape : codeShape)
  return { group, stages: [{ outputs: { y } }] }
}

/** Numbers of the longest array that is made: 4 GB. */
const MOST = 1073741824

export class Inference {
  readonly #definition: ModelDefinition
  readonly #session: Session
  readonly #functions = new Map<string, CompiledFunction>()

  constructor(definition: ModelDefinition, session: Session) {
    this.#definition = definition
    this.#session = session
  }

  /** `count` codes to sample from; of a model with classes, of each in turn where no labels are given. */
  drawCodes(count: number, options: RowOptions = {}): Float32Array {
    complete('sample', options, OPTIONS)
    check('sample', 'count', count, countRule)
    const labels = this.#labels('sample', count, options, (i, classes) => i % classes)
    return this.#run('sample', count, this.#definition.codeShape, options.seed, labels)
  }

  /** `drawCodes`, decoded with the same labels. */
  sample(count: number, options: RowOptions = {}): Float32Array {
    complete('sample', options, OPTIONS)
    check('sample', 'count', count, countRule)
    // Before codes are drawn, which are smaller.
    checkRows('sample', count, sizeOf(this.#definition.imageShape))
    const codes = this.drawCodes(count, options)
    const labels = this.#labels('sample', count, options, (i, classes) => i % classes)
    return this.#map('decode', codes, { seed: options.seed, labels })
  }

  decode(codes: Float32Array, options: RowOptions = {}): Float32Array {
    complete('decode', options, OPTIONS)
    return this.#map('decode', codes, options)
  }

  encode(images: Float32Array, options: RowOptions = {}): Float32Array {
    complete('encode', options, OPTIONS)
    return this.#map('encode', images, options)
  }

  #map(group: 'encode' | 'decode', values: Float32Array, options: RowOptions): Float32Array {
    const { codeShape, imageShape } = this.#definition
    const [given, result] = group === 'encode' ? [imageShape, codeShape] : [codeShape, imageShape]
    const size = sizeOf(given)
    const count = values.length / size
    if (!Number.isInteger(count) || count < 1) {
      const sample = `${size} (${given.join(' × ')} a sample)`
      throw new RangeError(`${group}: ${values.length} values given, expected a multiple of ${sample}`)
    }
    if (group === 'encode') checkFloats(group, values, size)
    const labels = this.#labels(group, count, options)
    return this.#run(group, count, result, options.seed, labels, values)
  }

  /** Runs a graph on `count` rows of `values`, and joins what it gives. */
  #run(
    group: RowsGraph, count: number, result: Shape, seed: number | undefined, labels: ArrayLike<number> | undefined,
    values?: Float32Array,
  ): Float32Array {
    const size = sizeOf(result)
    checkRows(group, count, size)
    const fn = this.#function(group)
    const out = new Float32Array(count * size)
    const rows = [['x', values], ['labels', labels]] as const
    this.#session.restart(group, seed)
    for (let first = 0; first < count; first += CHUNK) {
      const now = Math.min(CHUNK, count - first)
      // What a graph does not read is no input of it.
      for (const [name, all] of rows) if (all && fn.inputNames.includes(name)) fn.feed(name, chunkOf(all, first, now, count))
      fn.run(1)
      out.set(fn.read('y').subarray(0, now * size), first * size)
    }
    return out
  }

  #function(group: RowsGraph): CompiledFunction {
    let made = this.#functions.get(group)
    if (!made) {
      made = this.#session.compile(rowsSpec(this.#definition, group))
      this.#functions.set(group, made)
    }
    return made
  }

  /**
   * The class of each row.
   * @param otherwise where no labels are given
   * @throws RangeError where labels are given to a model without classes, none to one with, or they are no class numbers
   */
  #labels(
    where: string, count: number, { label, labels }: RowOptions, otherwise?: (row: number, classes: number) => number,
  ): ArrayLike<number> | undefined {
    const { classes, kind } = this.#definition
    const given = label !== undefined || labels !== undefined
    if (classes === undefined) {
      if (given) throw new RangeError(`${where}: labels are given, and the ${kind} has no classes; leave them out`)
      return undefined
    }
    if (label !== undefined && labels !== undefined) {
      throw new RangeError(`${where}: label and labels are given, expected one of them`)
    }
    if (!given && !otherwise) {
      throw new RangeError(`${where}: the ${kind} has ${classes} classes, and no labels are given; ` +
        'give { labels }, one class number a row, or { label } for all')
    }
    const all = labels ?? Float32Array.from({ length: count }, (_, i) => label ?? otherwise!(i, classes))
    if (all.length !== count) {
      throw new RangeError(`${where}: labels expected one for each of the ${count} rows, got ${all.length ?? typeof all}`)
    }
    checkLabels(where, all, classes)
    return all
  }
}

/** `now` of the rows of `values`, from `first` on, in a chunk whose rest is 0. */
function chunkOf(values: ArrayLike<number>, first: number, now: number, count: number): Float32Array {
  const size = values.length / count
  const chunk = new Float32Array(CHUNK * size)
  for (let i = 0; i < now * size; i++) chunk[i] = values[first * size + i]!
  return chunk
}

/** @throws RangeError where an array does not hold so many rows of `size` numbers */
function checkRows(what: string, count: number, size: number): void {
  if (count * size <= MOST) return
  throw new RangeError(`${what}: ${count} rows of ${size} numbers are more than an array holds, expected at most ` +
    `${Math.floor(MOST / size)} rows; ask for them in parts`)
}
