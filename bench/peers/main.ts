// The same training steps in ganglion and in what it competes with, taking turns in one run.
// npm run bench:peers -- [--models autoencoder,vae,gan,dcgan] [--batch 64,128] [--contestants NAME,…] [--windows 15] [--quick]
//   [--window-ms 300] [--limit SECONDS] [--threads 1,2] [--no-gemm] [--node PATH] [--json FILE] [--out docs]
// `--out FOLDER` writes peers.md and peers.json there, and README's tables: run it with all contestants.
// The peers: npm ci --prefix bench/peers; PyTorch: Debian's python3-torch. Who is missing is shown as not installed.
import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { machine } from '../../src/bench/machine.ts'
import { checkout } from '../about.ts'
import { integer, integers } from '../arguments.ts'
import { roundTrip } from '../round_trip.ts'
import { contestants, nodeFor } from './contestants.ts'
import { MODELS, type ModelName } from './models.ts'
import { jsonOf, page, writePages } from './pages.ts'
import { prepare } from './prepare.ts'
import { raceGemm, type Size } from './gemm.ts'
import { type Limits, race, type Result } from './race.ts'
import type { Report } from './report.ts'

const { values } = parseArgs({
  options: {
    models: { type: 'string', default: Object.keys(MODELS).join() },
    batch: { type: 'string' },
    contestants: { type: 'string' },
    windows: { type: 'string' },
    'window-ms': { type: 'string' },
    limit: { type: 'string' },
    threads: { type: 'string', default: '1,2' },
    'no-gemm': { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    node: { type: 'string' },
    json: { type: 'string' },
    out: { type: 'string' },
  },
})
const unknownName = (what: string, name: string, all: readonly string[]) =>
  new RangeError(`bench:peers: no ${what} is called '${name}'; there are: ${all.join('; ')}`)
const models = values.models.split(',').map((name) => {
  if (!Object.hasOwn(MODELS, name)) throw unknownName('model', name, Object.keys(MODELS))
  return name as ModelName
})
const { quick } = values
const limits: Limits = {
  windows: integer('windows', values.windows ?? (quick ? '2' : '15')),
  windowMs: integer('window-ms', values['window-ms'] ?? (quick ? '30' : '300')),
  seconds: integer('limit', values.limit ?? (quick ? '15' : '120')),
}
const batches = integers('batch', values.batch ?? (quick ? '8' : '64,128'))
const node = nodeFor(values.node)
const wanted = values.contestants?.split(',')
const say = (what: string): void => void process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${what}` : `${what}\n`)

const all = await contestants(node, integers('threads', values.threads))
// Ours is what the others are compared with, so it always takes part.
const unknown = wanted?.find((w) => !all.some(({ name }) => name.startsWith(w)))
if (unknown !== undefined) throw unknownName('contestant', unknown, all.map((e) => e.name))
const entries = all.filter(({ name }, i) => i === 0 || !wanted || wanted.some((w) => name.startsWith(w)))
await prepare(models)

/** Before and after: two threads are worth less where their processors lie far apart. */
const apart = [await roundTrip()]
const results: Result[] = []
for (const model of models) for (const batch of batches) results.push(...await race(entries, model, batch, limits, say))
const SIZES: readonly Size[] = [[128, 784, 400], [128, 1024, 1024], [512, 512, 512], [1024, 1024, 1024]]
const sizes = quick ? SIZES.slice(0, 1) : SIZES
const products = values['no-gemm'] ? [] : await raceGemm(entries, sizes, limits, say)
if (process.stderr.isTTY) say('')

const { node: version, v8 } = JSON.parse(spawnSync(node, ['-p', 'JSON.stringify(process.versions)']).stdout.toString()) as
  Record<'node' | 'v8', string>
const { cpu = '', cores, system = '' } = machine()
const where = { cpu, cores, megabytes: Math.round(totalmem() / 1048576), system }
apart.push(await roundTrip())
const report: Report = { ...checkout(), machine: where, node: version, v8, roundTrip: apart, limits, results, gemm: products }
console.log(page(report))
if (values.json) await writeFile(values.json, jsonOf(report))
if (values.out) await writePages(values.out, report)
