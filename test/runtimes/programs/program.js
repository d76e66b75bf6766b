// What every runtime runs, this very text: it trains the VAE for a few steps with every number of threads there is, and says
// what it saw as one JSON-able object. It is given the package's exports, because how those are reached is what differs.
export const BATCH = 64
const STEPS = 8

/** Images drawn with integers alone: `steps` batches of them. */
export function images({ imageDataset }, steps = STEPS) {
  const pixel = (_, i) => (i * 37 + (i >> 4) * 11 + Math.floor(i / 784) * 29) % 256
  return imageDataset({ images: Uint8Array.from({ length: steps * BATCH * 784 }, pixel), shape: [28, 28, 1] })
}

/** A VAE's digest after an epoch of eight steps. */
export async function trained(ganglion, options) {
  const runtime = await ganglion.createRuntime(options)
  try {
    const model = await ganglion.Model.create(runtime, ganglion.vae(), { seed: 7 })
    for await (const { metrics } of model.train(images(ganglion), { batchSize: BATCH })) {
      checkLoss(metrics)
    }
    return { threads: runtime.threads, digest: await model.digest() }
  } finally {
    await runtime.close()
  }
}

function checkLoss({ loss }) {
  if (!(loss > 0)) throw new Error(`the loss is ${loss}`)
}

/** Training steps a second on one thread, over about `seconds`. */
export async function speed(ganglion, seconds) {
  const model = await ganglion.Model.create(await ganglion.createRuntime(), ganglion.vae(), { seed: 7 })
  const data = images(ganglion)
  const epoch = async () => {
    for await (const { metrics } of model.train(data, { batchSize: BATCH })) checkLoss(metrics)
  }
  for (let i = 0; i < 3; i++) await epoch()
  const began = performance.now()
  let steps = 0
  let now = began
  while (now - began < seconds * 1000) {
    await epoch()
    steps += STEPS
    now = performance.now()
  }
  return (steps * 1000) / (now - began)
}

/** The shortest benchmark: what of it has the golden digest, and whether relaxed multiply–adds are fused. */
export async function benched({ bench }, { relaxed }) {
  const report = await bench({ quick: true, seconds: 0.1, precision: relaxed ? 'relaxed' : 'deterministic' })
  const results = [...report.kernels, ...report.models].map(({ name, result }) => [name, result])
  return { results: Object.fromEntries(results), fused: report.fused ?? null, peak: report.peak.median }
}

/**
 * Everything, in one report.
 * @param most threads to try, where there are threads
 * @param worker where the package's thread.js is, where a bundler left it behind
 */
export async function tryOut(ganglion, { most = 4, worker } = {}) {
  const features = ganglion.features()
  const digests = {}
  for (let threads = 1; threads <= (features.threads.available ? most : 1); threads++) {
    const got = await trained(ganglion, { threads, worker })
    if (got.threads !== threads) throw new Error(`${threads} threads were asked for, ${got.threads} ran`)
    digests[threads] = got.digest
  }
  const relaxed = features.relaxedSimd.available ? (await trained(ganglion, { precision: 'relaxed' })).digest : null
  return { features, digests, relaxed }
}
