// Rounds of faults over a real nats-server: whoever is killed, paused, lies or mumbles, a run ends in the digest of one machine.
// `npm run test:swarm`: 200 faults, which go on where they were stopped, by their log. CI does what fits into half a minute.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { generator } from '../harness.ts'
import { type Place, place, spawned, writeImages } from '../cli/ganglion.ts'
import { NatsServer, noNatsServer } from './nats_server.ts'
import { FAULTS, type FaultKind, MODELS, SwarmRun, TRAIN } from './swarm_run.ts'

/** Faults in all; without, as many as come in CI_MS. */
const ROUNDS = Number(process.env['GANGLION_SWARM_ROUNDS'] ?? Infinity)
/** Others are drawn by another. */
const SEED = Number(process.env['GANGLION_SWARM_SEED'] ?? 1)
/** Runs beside each other, each with a server of its own: most of a fault is waiting. */
const LANES = Number(process.env['GANGLION_SWARM_LANES'] ?? 1)
/** A run alone, by its number. */
const ONLY = process.env['GANGLION_SWARM_RUN']
/** A line for each run that has ended. */
const LOG = process.env['GANGLION_SWARM_LOG']
const CI_MS = 35_000
const WORKERS = [1, 2, 3, 5]
/** More are not looked at. */
const MOST_FAILURES = 3
/** Without a divisor in common with the number of faults: all of them come as often. */
const STRIDE = 5
const WHY = noNatsServer()

interface Line {
  readonly seed: number
  readonly run: number
  readonly faults: readonly FaultKind[]
  readonly seconds: number
  readonly failed?: string
}

const lanes: { server: NatsServer, at: Place }[] = []
const digests = new Map<string, string>()

beforeAll(async () => {
  if (WHY) return
  for (let i = 0; i < LANES; i++) {
    const [server, at] = [new NatsServer(), place()]
    lanes.push({ server, at })
    // Little room for streams, and long messages.
    const config = at.in('nats.conf')
    writeFileSync(config, `max_payload: 64MB\nmax_pending: 256MB\njetstream { store_dir: "${server.folder}", max_file: 4MB }\n`)
    await server.start('-c', config)
    writeImages(at.in('images'), 48, 28)
  }
  const [{ at }] = lanes as [typeof lanes[number]]
  for (const [model, options] of Object.entries(MODELS)) {
    const { code, stderr } = await spawned(['train', model, ...options, ...TRAIN, '--quiet', '--out', model], at.path)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    digests.set(model, readFileSync(at.in(model, 'digest.txt'), 'utf8'))
  }
}, 300_000)
afterAll(async () => {
  for (const { server, at } of lanes) {
    await server.end()
    at.remove()
  }
})

/** A run by its number: what it suffers, and its end. */
async function suffering({ server, at }: typeof lanes[number], n: number): Promise<Line> {
  const uniform = generator(1000 * SEED + n)
  const below = (most: number) => Math.floor(uniform() * most)
  const model = Object.keys(MODELS)[n % digests.size]!
  const run = new SwarmRun(server, at.path, `run-${n}`, model, uniform)
  const faults: FaultKind[] = []
  const began = performance.now()
  let failed: string | undefined
  try {
    await run.start(WORKERS[below(WORKERS.length)]!)
    for (let i = 0, most = 3 + below(4); i < most; i++) {
      const fault = FAULTS[(STRIDE * n + i + below(2)) % FAULTS.length]!
      // Whether it was still going.
      if (!await run.suffer(fault)) break
      faults.push(fault)
    }
    const ended = await run.end()
    if (ended !== digests.get(model)) failed = `it ended in ${ended}`
  } catch (error) {
    await run.clear()
    failed = (error as Error).message
  }
  const seconds = Math.round((performance.now() - began) / 1000)
  const why = failed !== undefined && { failed: `run ${n} of seed ${SEED}, ${model}: ${failed}` }
  return { seed: SEED, run: n, faults, seconds, ...why }
}

test.skipIf(WHY)(WHY ?? 'runs that suffer end in the digest of one machine', async () => {
  const text = LOG !== undefined && existsSync(LOG) ? readFileSync(LOG, 'utf8') : ''
  const before = text.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Line)
    .filter(({ seed, failed }) => seed === SEED && failed === undefined)
  const done = new Set(before.map(({ run }) => run))
  const counts = new Map<FaultKind, number>(FAULTS.map((fault) => [fault, 0]))
  let faults = 0
  const count = (line: Line): void => {
    faults += line.faults.length
    for (const fault of line.faults) counts.set(fault, counts.get(fault)! + 1)
  }
  before.forEach(count)
  const failures: string[] = []
  const end = performance.now() + CI_MS
  const enough = (): boolean => failures.length >= MOST_FAILURES ||
    (ROUNDS < Infinity ? faults >= ROUNDS : performance.now() > end)
  // Those that are not done, or the one.
  const numbers = (function* () {
    if (ONLY !== undefined) yield Number(ONLY)
    for (let n = 0; ONLY === undefined; n++) if (!done.has(n)) yield n
  })()
  await Promise.all(lanes.map(async (lane) => {
    while (!enough()) {
      const { value: n } = numbers.next()
      if (n === undefined) break
      const line = await suffering(lane, n)
      if (LOG !== undefined) appendFileSync(LOG, `${JSON.stringify(line)}\n`)
      if (line.failed === undefined) count(line)
      else failures.push(line.failed)
    }
  }))
  console.log(`${faults} faults: ${[...counts].map(([fault, n]) => `${fault} ${n}`).join(', ')}`)
  expect(failures).toEqual([])
  expect(faults).toBeGreaterThan(0)
}, ROUNDS < Infinity ? 3_600_000 : 300_000)
