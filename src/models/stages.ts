// A definition's graphs as they are compiled. Invariant: where a running statistic's update goes depends on the graph alone,
// not on the order in which a definition applies layers and makes its stages.
import { input } from '../graph/leaves.ts'
import { isLeaf, topological } from '../graph/walk.ts'
import { checkStages } from '../compiler/program.ts'
import { namedTensors, type Shape, show, type Tensor, tensor } from '../graph/tensor.ts'
import { Pass, passRule } from '../nn/layer.ts'
import { callable, check, record } from '../options.ts'
import type { Batch, ModelDefinition, Stage } from './definition.ts'

/**
 * The stages of one training step on `batch`, with the updates that layers asked for on the side.
 * @param pass for the graph of some rows, or of a step of several batches
 * @example
 * const images = input('images', [64, 28, 28, 1])
 * compile({ group: 'train', stages: trainingStages(vae(), { images }) })
 */
export function trainingStages(
  definition: Pick<ModelDefinition, 'train'>, batch: Batch, pass = new Pass(true, undefined, [batch]),
): Stage[] {
  check('trainingStages', 'the definition', definition, record)
  check('trainingStages', 'definition.train', definition.train, callable)
  check('trainingStages', 'batch', batch, record)
  check('trainingStages', 'pass', pass, passRule)
  const stages = definition.train(batch, pass) as readonly Stage[]
  checkStages('train', stages)
  return placeUpdates(stages, pass.updates)
}

/** All tensors that stages compute and depend on. */
export const tensorsOf = (stages: readonly Stage[]): Tensor[] =>
  topological(stages.flatMap(({ outputs = {}, metrics = {}, updates = [] }) => [
    ...Object.values(outputs), ...Object.values(metrics), ...updates,
  ]))

/**
 * What the graph `name` gives for `rows` rows.
 * @throws RangeError where it is of another shape than the definition says
 */
export function ofShape(y: Tensor, name: string, rows: number, shape: Shape): Tensor {
  check(name, 'what it gives', y, tensor)
  const [given, wanted] = [show(y.shape), show([rows, ...shape])]
  if (given !== wanted) throw new RangeError(`${name} gives ${given}, expected ${wanted}; reshape what it returns`)
  return y
}

/** What a definition's graphs are made of, and the names of what they report. */
export interface Graphs {
  readonly tensors: readonly Tensor[]
  readonly metrics: readonly string[]
  readonly figures: readonly string[]
}

/**
 * All graphs of a definition, built for `rows` rows.
 * @throws RangeError where a graph gives another shape than the definition says
 */
export function graphsOf(definition: ModelDefinition, rows: number): Graphs {
  const { imageShape, codeShape, classes, tensors = {}, batchesPerStep = 1 } = definition
  const { encode, discriminate, evaluate, importanceWeights, sampleCodes } = definition
  const of = (name: string, shape: Shape) => input(name, [rows, ...shape])
  const labels = classes === undefined ? undefined : of('labels', [])
  const batch = (): Batch => ({
    images: of('images', imageShape),
    ...(labels && { labels }),
    ...Object.fromEntries(Object.entries(tensors).map(([name, shape]) => [name, of(name, shape)])),
  })
  const batches = Array.from({ length: batchesPerStep }, batch)
  const pass = () => new Pass(false)
  const codes = of('codes', codeShape)
  const stages = trainingStages(definition, batches[0]!, new Pass(true, undefined, batches))
  const figures = evaluate ? evaluate(batch(), pass()) : {}
  check('evaluate', 'what it gives', figures, namedTensors)
  const all = [
    ...tensorsOf(stages),
    ...(definition.keeps?.(stages) ?? []),
    ...topological([
      ...Object.values(figures),
      ...(importanceWeights ? [ofShape(importanceWeights(batch(), pass()), 'importanceWeights', rows, [])] : []),
      ...(encode ? [ofShape(encode(of('images', imageShape), pass(), labels), 'encode', rows, codeShape)] : []),
      ...(discriminate ? [discriminate(of('images', imageShape), pass(), labels)] : []),
      ofShape(definition.decode(codes, pass(), labels), 'decode', rows, imageShape),
      ...(sampleCodes ? [ofShape(sampleCodes(codes, labels, pass()), 'sampleCodes', rows, codeShape)] : []),
    ]),
  ]
  return { tensors: all, metrics: stages.flatMap(({ metrics = {} }) => Object.keys(metrics)), figures: Object.keys(figures) }
}

/**
 * `stages` with each of `updates` in the stage that computes most of what it is made from, the first of equals: there is
 * nothing to compute twice, and the statistic is of what that stage saw. An update that no stage computes anything of (a mean
 * of weights, say) goes to the last. They come after a stage's own updates, in the order in which they were asked for.
 */
export function placeUpdates(stages: readonly Stage[], updates: readonly Tensor[]): Stage[] {
  if (!stages.length || !updates.length) return [...stages]
  const computed = stages.map((stage) => new Set(tensorsOf([stage])))
  const added: Tensor[][] = stages.map(() => [])
  for (const update of updates) {
    const needed = topological(update.inputs).filter((t) => !isLeaf(t))
    const shared = computed.map((has) => needed.filter((t) => has.has(t)).length)
    const most = Math.max(...shared)
    added[most ? shared.indexOf(most) : stages.length - 1]!.push(update)
  }
  return stages.map((stage, s) => ({ ...stage, updates: [...(stage.updates ?? []), ...added[s]!] }))
}
