// The same seed gives the same bits: two runs, one of them left in the middle and gone on with in another model.
//   node reproduce.mjs [IMAGES]
import { createRuntime, Model, take, vae } from 'ganglion'
import { loadDataset } from 'ganglion/node'

const [images = 5000] = process.argv.slice(2).map(Number)
const digits = take(await loadDataset('mnist'), images)
const runtime = await createRuntime()
const make = () => Model.create(runtime, vae({ latent: 8, hidden: 128 }), { seed: 7 })

const whole = await make()
await whole.fit(digits, { epochs: 2 })

const first = await make()
await first.fit(digits, { epochs: 1 })
const second = await make()
second.loadState(first.state()) // weights, the optimizer's memory, counters
await second.fit(digits, { epochs: 1 })

const digests = await Promise.all([whole.digest(), second.digest()])
console.log(digests.join('\n'))
if (digests[0] !== digests[1]) throw new Error('the two runs differ')
