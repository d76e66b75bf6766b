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
import type { ThreadMessage, ThreadRecipe } from './local_crew.ts'
import { builtInModel, moduleModel } from './model_source.ts'

const { name, kind, module, options, classes, seed, precision, wide, data, batchSize, microBatches } = workerData as ThreadRecipe
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
  const source = module === undefined && isModelName(kind) ? builtInModel(kind) : await moduleModel(module!)
  const definition = source.define({ imageShape: data.shape, classes, options: loadedOptions(options) })
  const runtime = await createRuntime({ precision, wide })
  return createWork(await Model.create(runtime, definition, { seed }), data, { batchSize, microBatches })
}

try {
  await serve({ request }, { name, ganglion: version, make })
} catch (error) {
  say({ error: (error as Error).message })
}
port.close()
