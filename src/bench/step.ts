// The models' training steps as benchmarks run them: compiled, and fed the same made-up images.
import type { FunctionSpec } from '../compiler/program.ts'
import { input } from '../graph/leaves.ts'
import { sizeOf } from '../graph/tensor.ts'
import type { ModelDefinition } from '../models/definition.ts'
import { type ModelName, models } from '../models/kinds.ts'
import { trainingStages } from '../models/stages.ts'
import { Pass } from '../nn/layer.ts'
import type { CompiledFunction } from '../runtime/function.ts'
import type { Session } from '../runtime/session.ts'
import { TRAIN } from '../train/state.ts'
import { madeUp } from '../verify/draw.ts'

/** What a step of training computes; its images, the same for all batches of a step, are an input. */
export function trainingSpec(definition: ModelDefinition, batch: number): FunctionSpec {
  const images = input('images', [batch, ...definition.imageShape])
  const rows = { images, ...(definition.classes && { labels: input('labels', [batch]) }) }
  const batches = Array.from({ length: definition.batchesPerStep ?? 1 }, () => rows)
  return { group: TRAIN, stages: trainingStages(definition, rows, new Pass(true, undefined, batches)) }
}

export function stepOf(session: Session, definition: ModelDefinition, batch: number): CompiledFunction {
  const fn = session.compile(trainingSpec(definition, batch))
  const { classes } = definition
  if (classes) fn.feed('labels', Float32Array.from({ length: batch }, (_, i) => i % classes))
  return fn.feed('images', madeUp(sizeOf([batch, ...definition.imageShape]), 1))
}

export const trainingStep = (session: Session, model: ModelName, batch: number): CompiledFunction =>
  stepOf(session, models[model](), batch)

/** Runs all the steps; throws where a loss is not finite, for then fewer were run and a time would mean nothing. */
export function runSteps(fn: CompiledFunction, steps: number): void {
  if (fn.run(steps) !== steps) throw new Error('a loss is not finite in the benchmark')
}
