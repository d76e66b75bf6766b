// In a service worker, where import() is refused.
import * as ganglion from './node_modules/ganglion/dist/index.js'
import { images, trained } from './program.js'

const message = (promise) => promise.then(() => 'nothing', (error) => `${error.name}: ${error.message}`)

async function train() {
  const { digest } = await trained(ganglion)
  const bad = await ganglion.Model.create(await ganglion.createRuntime(), ganglion.vae({ learningRate: 1e30 }))
  return { digest, said: await message(bad.fit(images(ganglion), { epochs: 9 })) }
}

globalThis.onmessage = (event) => event.waitUntil(
  train().catch((error) => ({ error: String(error.stack ?? error) })).then((answer) => event.ports[0].postMessage(answer)),
)
