// A page that trains in an odd place, which its address names: places.html?what=insecure.
import * as ganglion from './node_modules/ganglion/dist/index.js'
import { createTrainer } from './node_modules/ganglion/dist/worker/index.js'
import { BATCH, images, trained } from './program.js'

const query = new URLSearchParams(location.search)
const message = (promise) => promise.then(() => 'nothing', (error) => `${error.name}: ${error.message}`)

/** What the same program gives in a worker. */
async function inTrainer(options) {
  const trainer = await createTrainer({ model: { kind: 'vae' }, seed: 7, ...options })
  await trainer.fit(images(ganglion), { batchSize: BATCH })
  const answer = { digest: await trainer.digest(), threads: trainer.info.threads }
  await trainer.close()
  return answer
}
const here = (file) => new URL(file, location.href).href
const TRAINER = here('node_modules/ganglion/dist/worker/trainer.js')
const policy = globalThis.trustedTypes?.createPolicy('own', { createScriptURL: (url) => url })

const places = {
  async insecure() {
    return { secure: isSecureContext, subtle: !!crypto.subtle, digest: (await trained(ganglion)).digest }
  },
  /** Behind another tab, where no timer fires: those of hidden pages hardly do. */
  async hidden() {
    open('about:blank', '_blank')
    while (!document.hidden) await new Promise((done) => setTimeout(done, 50))
    globalThis.setTimeout = () => 0
    const { digest } = await trained(ganglion)
    const { verify } = await import('./node_modules/ganglion/dist/verify/index.js')
    const { ok: verified } = await verify({ recipes: ['op/exp', 'train/vae'] })
    const { bench } = await import('./node_modules/ganglion/dist/bench/index.js')
    const { kernels } = await bench({ quick: true, seconds: 0.1 })
    return { digest, verified, benched: kernels.every(({ result }) => result === 'same'), state: document.visibilityState }
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
    const refused = await message(inTrainer({ worker: query.get('far') + 'worker/trainer.js' }))
    return { refused, ...await inTrainer({ worker: 'far_trainer.js' }) }
  },
  async originOfThreads() {
    const refused = await message(inTrainer({ threads: 2, threadWorker: query.get('far') + 'runtime/thread.js' }))
    return { refused, ...await inTrainer({ threads: 2, threadWorker: here('far_thread.js') }) }
  },
  async trusted() {
    return { refused: await message(inTrainer()), ...await inTrainer({ worker: policy.createScriptURL(TRAINER) }) }
  },
  async trustedThreads() {
    const refused = await message(inTrainer({ threads: 2, worker: policy.createScriptURL(TRAINER) }))
    return { refused, ...await inTrainer({ threads: 2, worker: policy.createScriptURL('trusted.js') }) }
  },
  /** A worker without a trainer, which gives `createRuntime` an address of its policy. */
  async trustedWorker() {
    const worker = new Worker(policy.createScriptURL('trusted_runtime.js'), { type: 'module' })
    return new Promise((done) => { worker.onmessage = ({ data }) => done(data) })
  },
}

const answer = await places[query.get('what')]().catch((error) => ({ error: String(error.stack ?? error) }))
await fetch('answer', { method: 'POST', body: JSON.stringify(answer) })
