// A thread that works for a run on the same machine. A file of its own, because it is started by its address.
// Invariant: it ends when its work does, or says why.
import { parentPort, workerData } from 'node:worker_threads'
import { loadedOptions } from '../checkpoint/options.ts'
import { createRuntime } from '../runtime/create_runtime.ts'
import { serve } from '../swarm/worker.ts'
import { createWork } from '../swarm/work.ts'
import { Model } from '../train/model.ts'
import { isModelName } from '../models/kinds.ts'
import { version } from '../version.generated.ts'
import type { ThreadMessage, ThreadRecipe } from './crew.ts'
import { augmentedModel, builtInModel, modelInRounds, moduleModel } from './model_source.ts'

const recipe = workerData as ThreadRecipe
const { name, kind, path, options, augment, rounds, imageShape, classes, seed, precision, wide, images, shared } = recipe
const { batchSize, microBatches, gradients } = recipe
const port = parentPort!
const waiting = new Map<number, (answer: Uint8Array) => void>()
let asked = 0
port.on('message', ({ id, answer }: { id: number, answer: Uint8Array }) => {
  waiting.get(id)?.(answer)
  waiting.delete(id)
})
const say = (said: ThreadMessage): void => port.postMessage(said, 'message' in said ? [said.message.buffer as ArrayBuffer] : [])

const request = (message: Uint8Array): Promise<Uint8Array> => new Promise((answered) => {
  const id = asked++
  waiting.set(id, answered)
  say({ id, message })
})

async function make() {
  const source = path === undefined && isModelName(kind) ? builtInModel(kind) : await moduleModel(path!)
  const { define } = modelInRounds(augmentedModel(source, augment), rounds)
  const definition = define({ imageShape, classes, options: loadedOptions(options) })
  const runtime = await createRuntime({ precision, wide })
  return createWork(await Model.create(runtime, definition, { seed }), images, { batchSize, microBatches, gradients })
}

try {
  await serve({ request }, { name, ganglion: version, make, shared })
} catch (error) {
  say({ error: (error as Error).message })
}
port.close()
