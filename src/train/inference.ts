// A model's graphs besides training, run on any number of rows: CHUNK at a time, the last filled up.
// Invariant: what row i comes to depends on the weights, the row, the seed and i alone, whatever ran before.
import type { FunctionSpec } from '../compiler/program.ts'
import { checkFloats } from '../data/dataset.ts'
import { input, isInput } from '../graph/leaves.ts'
import { type Shape, sizeOf, type Tensor } from '../graph/tensor.ts'
import { topological } from '../graph/walk.ts'
import type { ModelDefinition } from '../models/definition.ts'
import { ofShape } from '../models/stages.ts'
import { Pass } from '../nn/layer.ts'
import { randomNormal } from '../ops/random.ts'
import { check, complete, count as countRule, type Given, seed as seedRule } from '../options.ts'
import type { CompiledFunction } from '../runtime/function.ts'
import type { Session } from '../runtime/session.ts'
import { LABELS, type RowLabels, rowLabels } from './row_labels.ts'

/** Rows worked on at a time. Random ops draw by chunk and row, so another number would give other samples. */
export const CHUNK = 64

const OPTIONS = {
  /** What random numbers are drawn from. Default: the model's seed. */
  seed: seedRule,
}
export type RowOptions = Given<typeof OPTIONS> & Given<typeof LABELS>

/** The graphs: codes to sample from, and from one side of the model to the other. The group of each has its name. */
export type RowsGraph = 'sample' | 'decode' | 'encode'

/**
 * What a graph computes of CHUNK rows of `x`, which `sample` does not read, and of their labels: `y`.
 * @param weighted whether labels are weights of classes
 */
export function rowsSpec(definition: ModelDefinition, group: RowsGraph, weighted = false): FunctionSpec {
  return { group, stages: [{ outputs: { y: rowsOf(definition, group, weighted) } }] }
}

/** Whether a graph of a definition is there and reads labels: a decoder of codes that say the class does not. */
export const readsLabels = (definition: ModelDefinition, group: RowsGraph): boolean =>
  definition.classes !== undefined && (group !== 'encode' || definition.encode !== undefined) &&
  topological([rowsOf(definition, group, false)]).some((x) => isInput(x) && x.attrs.name === 'labels')

function rowsOf(definition: ModelDefinition, group: RowsGraph, weighted: boolean): Tensor {
  const { codeShape, imageShape, classes, encode, decode, sampleCodes } = definition
  const labels = classes === undefined ? undefined : input('labels', weighted ? [CHUNK, classes] : [CHUNK])
  const rows = (shape: Shape) => input('x', [CHUNK, ...shape])
  const graphs = {
    sample() {
      const noise = randomNormal([CHUNK, ...codeShape], 'sample')
      return sampleCodes ? sampleCodes(noise, labels, new Pass(false)) : noise
    },
    decode: () => decode(rows(codeShape), new Pass(false), labels),
    encode: () => encode!(rows(imageShape), new Pass(false), labels),
  }
  return ofShape(graphs[group](), group, CHUNK, group === 'decode' ? imageShape : codeShape)
}

/** The class of a row where none is asked for. */
const inTurn = (row: number, classes: number): number => row % classes

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
    complete('sample', options, OPTIONS, LABELS)
    check('sample', 'count', count, countRule)
    const labels = rowLabels('sample', this.#definition, count, options, inTurn)
    return this.#run('sample', count, this.#definition.codeShape, options.seed, labels)
  }

  /** `drawCodes`, decoded with the same labels. */
  sample(count: number, options: RowOptions = {}): Float32Array {
    complete('sample', options, OPTIONS, LABELS)
    check('sample', 'count', count, countRule)
    // Before codes are drawn, which are smaller.
    checkRows('sample', count, sizeOf(this.#definition.imageShape))
    const codes = this.drawCodes(count, options)
    return this.#map('decode', codes, options, inTurn)
  }

  decode(codes: Float32Array, options: RowOptions = {}): Float32Array {
    complete('decode', options, OPTIONS, LABELS)
    return this.#map('decode', codes, options)
  }

  encode(images: Float32Array, options: RowOptions = {}): Float32Array {
    complete('encode', options, OPTIONS, LABELS)
    return this.#map('encode', images, options)
  }

  #map(group: 'encode' | 'decode', values: Float32Array, options: RowOptions, otherwise?: typeof inTurn): Float32Array {
    const { codeShape, imageShape } = this.#definition
    const [given, result] = group === 'encode' ? [imageShape, codeShape] : [codeShape, imageShape]
    const size = sizeOf(given)
    const count = values.length / size
    if (!Number.isInteger(count) || count < 1) {
      const sample = `${size} (${given.join(' × ')} a sample)`
      throw new RangeError(`${group}: ${values.length} values given, expected a multiple of ${sample}`)
    }
    if (group === 'encode') checkFloats(group, values, size)
    const labels = rowLabels(group, this.#definition, count, options, otherwise ?? this.#unread(group, options))
    return this.#run(group, count, result, options.seed, labels, values)
  }

  /** Runs a graph on `count` rows of `values`, and joins what it gives. */
  #run(
    group: RowsGraph, count: number, result: Shape, seed: number | undefined, labels: RowLabels | undefined,
    values?: Float32Array,
  ): Float32Array {
    const size = sizeOf(result)
    checkRows(group, count, size)
    const fn = this.#function(group, labels?.weighted)
    const out = new Float32Array(count * size)
    const rows = [['x', values], ['labels', labels?.values]] as const
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

  /** Where none are given and the graph does not read labels, any are right. */
  #unread(group: RowsGraph, { label, labels, classWeights }: RowOptions): typeof inTurn | undefined {
    const wanted = this.#definition.classes !== undefined && (label ?? labels ?? classWeights) === undefined
    return wanted && !this.#function(group).inputNames.includes('labels') ? inTurn : undefined
  }

  /** @throws RangeError where labels are weights and the graph takes class numbers alone */
  #function(group: RowsGraph, weighted = false): CompiledFunction {
    const key = `${group} ${weighted}`
    let made = this.#functions.get(key)
    if (!made) {
      try {
        made = this.#session.compile(rowsSpec(this.#definition, group, weighted))
      } catch (cause) {
        if (!weighted) throw cause
        const { kind } = this.#definition
        throw new RangeError(`${group}: the ${kind} takes no classWeights, but labels: ${(cause as Error).message}`, { cause })
      }
      this.#functions.set(key, made)
    }
    return made
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
