// A page that trains in an odd place, which its address names: places.html?what=insecure.
import * as ganglion from './node_modules/ganglion/dist/index.js'
import { createTrainer } from './node_modules/ganglion/dist/worker/index.js'
import { BATCH, images, trained } from './program.js'

const query = new URLSearchParams(location.search)
const message = (promise) => promise.then(() => 'nothing', (error) => `${error.name}: ${error.message}`)

/** The digest of the same program in a worker. */
async function inTrainer(worker) {
  const trainer = await createTrainer({ model: { kind: 'vae' }, seed: 7, worker })
  await trainer.fit(images(ganglion), { batchSize: BATCH })
  const digest = await trainer.digest()
  await trainer.close()
  return digest
}

const places = {
  async insecure() {
    return { secure: isSecureContext, subtle: !!crypto.subtle, digest: (await trained(ganglion)).digest }
  },
  /** As in a page that stays hidden for ever: no timer fires. */
  async hidden() {
    globalThis.setTimeout = () => 0
    return trained(ganglion)
  },
  async offline() {
    await fetch('offline', { method: 'POST' })
    const { digest } = await trained(ganglion)
    const bad = await ganglion.Model.create(await ganglion.createRuntime(), ganglion.vae({ learningRate: 1e30 }))
    return { digest, error: undefined, said: await message(bad.fit(images(ganglion), { epochs: 9 })) }
  },
  async frame() {
    const frame = document.createElement('iframe')
    document.body.append(frame)
    const { Map: FarMap, Uint8Array: FarBytes, Float32Array: FarFloats } = frame.contentWindow
    const { shape, images: here } = images(ganglion)
    const model = await ganglion.Model.create(await ganglion.createRuntime(), ganglion.vae(), { seed: 7 })
    await model.fit(ganglion.imageDataset({ images: FarBytes.from(here), shape }), { batchSize: BATCH })
    const far = new FarMap([...model.weights()].map(([name, { shape, data }]) => [name, { shape, data: FarFloats.from(data) }]))
    const { missing } = model.loadWeights(far)
    return { far: !(new FarMap() instanceof Map), missing, digest: await model.digest() }
  },
  async service() {
    await navigator.serviceWorker.register('service.js', { type: 'module' })
    const { active } = await navigator.serviceWorker.ready
    const { port1, port2 } = new MessageChannel()
    active.postMessage('train', [port2])
    return new Promise((done) => { port1.onmessage = ({ data }) => done(data) })
  },
  async origin() {
    return { refused: await message(inTrainer(query.get('far'))), digest: await inTrainer('far.js') }
  },
  async trusted() {
    const refused = await message(inTrainer())
    const policy = globalThis.trustedTypes.createPolicy('own', { createScriptURL: (url) => url })
    return { refused, digest: await inTrainer(policy.createScriptURL('node_modules/ganglion/dist/worker/trainer.js')) }
  },
}

const answer = await places[query.get('what')]().catch((error) => ({ error: String(error.stack ?? error) }))
await fetch('answer', { method: 'POST', body: JSON.stringify(answer) })
