// Rounds of faults over a real nats-server: whoever is killed, paused, lies or mumbles, a run ends in the digest of one machine.
// `npm run test:swarm`: 200 faults; GANGLION_SWARM_SEED draws others. CI does what fits into half a minute.
import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { generator } from '../harness.ts'
import { place, spawned, writeImages } from '../cli/ganglion.ts'
import { NatsServer, noNatsServer } from './nats_server.ts'
import { FAULTS, MODELS, SwarmRun, TRAIN } from './swarm_run.ts'

const ROUNDS = Number(process.env['GANGLION_SWARM_ROUNDS'] ?? Infinity)
const SEED = Number(process.env['GANGLION_SWARM_SEED'] ?? 1)
/** Without a number of rounds. */
const CI_MS = 35_000
const WORKERS = [1, 2, 3, 5]
const WHY = noNatsServer()

const server = new NatsServer()
const at = place()
const digests = new Map<string, string>()

beforeAll(async () => {
  if (WHY) return
  // Little room for streams, and long messages.
  const config = at.in('nats.conf')
  writeFileSync(config, `max_payload: 64MB\nmax_pending: 256MB\njetstream { store_dir: "${server.folder}", max_file: 4MB }\n`)
  await server.start('-c', config)
  writeImages(at.in('images'), 48, 28)
  for (const [model, options] of Object.entries(MODELS)) {
    const { code, stderr } = await spawned(['train', model, ...options, ...TRAIN, '--quiet', '--out', model], at.path)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    digests.set(model, readFileSync(at.in(model, 'digest.txt'), 'utf8'))
  }
}, 120_000)
afterAll(async () => {
  await server.end()
  at.remove()
})

test.skipIf(WHY)(WHY ?? 'runs that suffer end in the digest of one machine', async () => {
  const counts = new Map<string, number>()
  const models = Object.keys(MODELS)
  let faults = 0
  for (let n = 0, end = performance.now() + CI_MS; ROUNDS < Infinity ? faults < ROUNDS : performance.now() < end; n++) {
    const uniform = generator(1000 * SEED + n)
    const below = (most: number) => Math.floor(uniform() * most)
    const model = models[n % models.length]!
    const run = new SwarmRun(server, at.path, `run-${n}`, model, uniform)
    const suffered: string[] = []
    const what = () => `run ${n} of seed ${SEED}, ${model}: ${suffered.join(', ')}`
    try {
      await run.start(WORKERS[below(WORKERS.length)]!)
      for (let left = 2 + below(4); left--;) {
        const fault = FAULTS[(faults + below(2)) % FAULTS.length]!
        suffered.push(fault)
        if (!await run.suffer(fault)) break
        faults++
        counts.set(fault, (counts.get(fault) ?? 0) + 1)
      }
    } catch (error) {
      await run.clear()
      throw new Error(`${what()}: ${(error as Error).message}`, { cause: error })
    }
    expect(await run.end(), what()).toBe(digests.get(model))
  }
  console.log(`${faults} faults: ${[...counts].map(([fault, count]) => `${fault} ${count}`).join(', ')}`)
  expect(faults).toBeGreaterThan(0)
}, ROUNDS < Infinity ? 3_600_000 : 300_000)
