// The models' training steps as subjects of the benchmark: trained a few steps for the digest, then timed.
import type { Runtime } from '../runtime/create_runtime.ts'
import type { SessionMemory } from '../runtime/memory.ts'
import { digest } from '../train/state.ts'
import type { CompiledFunction } from '../runtime/function.ts'
import { type ModelName, modelNames, models } from '../models/kinds.ts'
import { runSteps, trainingStep } from './step.ts'

export const QUICK_MODELS = modelNames.filter((model) => models[model].bench.quick)

const SEED = 1
/** Steps from the seed to the digest. */
const DIGEST_STEPS = 5

export interface TrainedModel {
  readonly name: string
  readonly model: ModelName
  readonly batch: number
  readonly fn: CompiledFunction
  readonly digest: string
  readonly variableBytes: number
}

export async function trainedModel(runtime: Runtime, model: ModelName): Promise<TrainedModel> {
  const { batchSize: batch } = models[model].bench
  const session = await runtime.session(SEED)
  const fn = trainingStep(session, model, batch)
  runSteps(fn, DIGEST_STEPS)
  return { name: `${model} ${batch}`, model, batch, fn, digest: await digest(session), variableBytes: variableBytes(session) }
}

/** Bytes of weights, statistics and optimizer slots. */
export const variableBytes = ({ variables }: SessionMemory): number => variables.reduce((n, { size }) => n + 4 * size, 0)
