// A run that moves: begun in one runtime, left in the middle of an epoch, gone on with in another. The state goes as JSON.
import { BATCH, images } from './program.js'

const definition = ({ vae }) => vae({ hidden: 48, latent: 4 })
const options = { batchSize: BATCH }

async function epochs(model, data, count) {
  const steps = model.train(data, { ...options, epochs: count })
  while (!(await steps.next()).done) { /* to the end */ }
}

/** The digest after three epochs in one place. */
export async function stay(ganglion) {
  const model = await ganglion.Model.create(await ganglion.createRuntime(), definition(ganglion), { seed: 11 })
  await epochs(model, images(ganglion), 3)
  return model.digest()
}

/** An epoch and one step of the next: the state. */
export async function begin(ganglion, { threads = 1 }) {
  const runtime = await ganglion.createRuntime({ threads })
  const model = await ganglion.Model.create(runtime, definition(ganglion), { seed: 11 })
  const data = images(ganglion)
  await epochs(model, data, 1)
  let at
  // A call's first chunk is one step.
  for await (at of model.train(data, options)) break
  await runtime.close()
  const { variables, counters } = model.state()
  return {
    step: at.step,
    state: { variables: [...variables].map(([name, values]) => [name, [...values]]), counters: [...counters] },
  }
}

/** The rest of that epoch and a third one, in a model made with another seed: the digest. */
export async function resume(ganglion, { threads = 1, state }) {
  const runtime = await ganglion.createRuntime({ threads })
  const model = await ganglion.Model.create(runtime, definition(ganglion), { seed: 999 })
  model.loadState({
    variables: new Map(state.variables.map(([name, values]) => [name, Float32Array.from(values)])),
    counters: Uint32Array.from(state.counters),
  })
  await epochs(model, images(ganglion), 2)
  await runtime.close()
  return { digest: await model.digest() }
}
