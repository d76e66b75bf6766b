// The same training steps in ganglion and in what it competes with, taking turns in one run. `--out FOLDER` writes peers.md and
// peers.json there, and the tables of README and docs/performance.md: run it with all contestants. Who is missing is shown as
// not installed. Pages of browsers take part where `--in` names them.
import { spawnSync } from 'node:child_process'
import { totalmem } from 'node:os'
import { machine } from '../../src/bench/machine.ts'
import { checkout } from '../about.ts'
import { command, namedOf } from '../command.ts'
import { progress } from '../output.ts'
import { roundTrip } from '../round_trip.ts'
import { chosen, contestants, nodeFor } from './contestants.ts'
import { browsersOf, inPages } from './in_pages.ts'
import { allTable, page, type Report, writePages } from './pages.ts'
import { prepare } from './prepare.ts'
import { isGolden, MODELS, type PeerModel } from './protocol.ts'
import { race, type Result } from './race.ts'

export const peers = command({
  summary: 'the same steps in PyTorch, tfjs, jax-js, onnxruntime-web; --out docs writes the pages that the project shows',
  takes: '[MODEL …]',
  options: {
    'batch-size': [64, 128], threads: [1, 2], contestants: '', windows: 15, 'window-ms': 300, limit: 120, node: '', out: '',
    in: '', processor: false,
  },
  async run({ 'batch-size': batches, threads, contestants: wanted, windows, 'window-ms': windowMs, ...given }, names) {
    const known = Object.keys(MODELS) as PeerModel[]
    const models = names.length ? namedOf(names, known) : known.filter(isGolden)
    const limits = { windows, windowMs, seconds: given.limit, processor: given.processor }
    const node = nodeFor(given.node)
    const browsers = browsersOf(given.in)
    if (browsers.length && given.processor) {
      throw new RangeError('--processor counts the time of processes, which pages do not know: leave out --processor or --in')
    }
    const entries = chosen([...await contestants(node, threads), ...await inPages(browsers, threads)], wanted)
    await prepare(models)
    /** Before and after: two threads are worth less where their processors lie far apart. */
    const before = await roundTrip()
    const results: Result[] = []
    for (const model of models) {
      const able = isGolden(model) ? entries : entries.filter(({ name }) => /^(ganglion|PyTorch)/.test(name))
      for (const batch of batches) {
        const found = await race(able, model, batch, limits, progress)
        results.push(...found)
        progress('')
        console.log(`${allTable(found)}\n`)
      }
    }
    const said = spawnSync(node, ['-p', 'JSON.stringify(process.versions)']).stdout.toString()
    const { node: version, v8 } = JSON.parse(said) as Record<'node' | 'v8', string>
    const { cpu = '', cores, system = '' } = machine()
    const report: Report = {
      ...checkout(), machine: { cpu, cores, megabytes: Math.round(totalmem() / 1048576), system }, node: version, v8,
      roundTrip: [before, await roundTrip()], limits, results,
    }
    console.log(page(report))
    if (given.out) await writePages(given.out, report)
    return report
  },
})
