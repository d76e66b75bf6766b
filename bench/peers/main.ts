// The same training steps in ganglion and in what it competes with, taking turns in one run.
// npm run bench:peers -- [--models autoencoder,vae,gan,dcgan] [--batch 64,128] [--contestants NAME,…] [--windows 15] [--quick]
//   [--window-ms 300] [--limit SECONDS] [--threads 1,2] [--no-gemm] [--node PATH] [--json FILE]
// The peers: npm ci --prefix bench/peers; PyTorch: Debian's python3-torch. Who is missing is shown as not installed.
import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { arch, cpus, platform, release, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { median, quantile } from '../../src/bench/statistics.ts'
import { roundTrip } from '../round_trip.ts'
import { contestants, nodeFor } from './contestants.ts'
import { MODELS, type ModelName } from './models.ts'
import { prepare } from './prepare.ts'
import { raceGemm, type Size } from './gemm.ts'
import { type Limits, race, type Result } from './race.ts'
import { besideTable, gemmTable, modelTable, ratios } from './report.ts'

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
  },
})
const unknownName = (what: string, name: string, all: readonly string[]) =>
  new RangeError(`bench:peers: no ${what} is called '${name}'; there are: ${all.join('; ')}`)
const models = values.models.split(',').map((name) => {
  if (!Object.hasOwn(MODELS, name)) throw unknownName('model', name, Object.keys(MODELS))
  return name as ModelName
})
const limits: Limits = {
  windows: Number(values.windows ?? (values.quick ? 2 : 15)),
  windowMs: Number(values['window-ms'] ?? (values.quick ? 30 : 300)),
  seconds: Number(values.limit ?? (values.quick ? 15 : 120)),
}
const batches = (values.batch ?? (values.quick ? '8' : '64,128')).split(',').map(Number)
const node = nodeFor(values.node)
const wanted = values.contestants?.split(',')
const say = (what: string): void => void process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${what}` : `${what}\n`)

const all = await contestants(node, values.threads.split(',').map(Number))
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
const sizes = values.quick ? SIZES.slice(0, 1) : SIZES
const products = values['no-gemm'] ? [] : await raceGemm(entries, sizes, limits, say)
if (process.stderr.isTTY) say('')

const about = JSON.parse(spawnSync(node, ['-p', 'JSON.stringify(process.versions)']).stdout.toString()) as NodeJS.ProcessVersions
const [cpu] = cpus()
const system = `${platform()} ${arch()} ${release()}`
const machine = { cpu: cpu!.model, cores: cpus().length, megabytes: Math.round(totalmem() / 1048576), system }
const engine = `Node ${about.node}, V8 ${about.v8}`
apart.push(await roundTrip())
console.log(`${machine.cpu}, ${machine.cores} cores; ${engine}; ${limits.windows} windows of ${limits.windowMs} ms`)
console.log(`a word from thread to thread and back: ${apart.join(' ns before, ')} ns after\n`)
console.log(modelTable(results))
console.log(`\n${besideTable(results)}`)
if (products.length) console.log(`\n${gemmTable(products)}`)

if (values.json) {
  const versions = Object.assign({}, ...results.map((r) => r.versions)) as Record<string, string>
  const summary = results.map((r) => {
    const ours = results.find((o) => o.model === r.model && o.batch === r.batch)!
    const middle = (xs: readonly number[]) =>
      (xs.length ? { median: median(xs), quartiles: [quantile(xs, 0.25), quantile(xs, 0.75)] } : null)
    return { ...r, step: middle(r.ms.filter((x) => x !== undefined)), overOurs: middle(ratios(r, ours)) }
  })
  const report = { machine, roundTrip: apart, node: about.node, v8: about.v8, versions, limits, results: summary, gemm: products }
  await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`)
}
