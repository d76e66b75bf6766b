// What `ganglion train` takes beyond the loop that a program would write: start, judging, pictures, figures, saves. Fresh
// processes of the package's dist take turns; both must end with the same digest.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { figure, median, medianBounds, spread } from '../src/bench/statistics.ts'
import { about, aboutLine } from './about.ts'
import { command, modelsOf } from './command.ts'
import { progress, table } from './output.ts'
import { ratios } from './pairs.ts'

const DIST = resolve('dist')

/** Writes to a file what the whole process took, by the clock and by the processor, as it ends. */
const hook = (file: string): string => `data:text/javascript,${encodeURIComponent(`
  import { isMainThread } from 'node:worker_threads'
  import { writeFileSync } from 'node:fs'
  if (isMainThread) process.on('exit', () => {
    const { user, system } = process.cpuUsage()
    writeFileSync(${JSON.stringify(file)}, JSON.stringify({ time: performance.now(), cpu: (user + system) / 1000 }))
  })
`)}`

/** The loop of a program that trains and keeps nothing. */
const bare = (model: string, options: object, wide: boolean): string => `
  const { createRuntime, Model } = await import('${pathToFileURL(`${DIST}/index.js`).href}')
  const { loadDataset, defineFor } = await import('${pathToFileURL(`${DIST}/node/index.js`).href}')
  const data = await loadDataset('mnist')
  const runtime = await createRuntime({ wide: ${wide} })
  const model = await Model.create(runtime, defineFor(data.shape, '${model}'), { seed: 1 })
  for await (const _ of model.train(data, ${JSON.stringify(options)}));
  console.log(await model.digest())
`

interface Took { readonly time: number, readonly cpu: number }

export const trainCost = command({
  summary: 'what "ganglion train" takes over the bare loop, in turns: processor time and time',
  takes: '[MODEL]',
  options: { epochs: 6, 'batch-size': 128, runs: 5, wide: false },
  async run({ epochs, 'batch-size': batchSize, runs, wide }, given) {
    if (!existsSync(join(DIST, 'cli/main.js'))) throw new RangeError('bench: there is no dist; npm run build')
    const [model] = modelsOf(given.length ? given : ['vae'])
    const facts = await about({ wide })
    console.log(`${aboutLine(facts)}; ${model}, ${epochs} epochs of MNIST, batch ${batchSize}, ${runs} runs of each in turns\n`)
    const folder = mkdtempSync(join(tmpdir(), 'ganglion-cost-'))
    const [said, out] = [join(folder, 'said.json'), join(folder, 'run')]
    const node = (...args: string[]): Took & { readonly stdout: string } => {
      const stdout = execFileSync(process.execPath, ['--import', hook(said), ...args], { encoding: 'utf8', cwd: folder })
      return { ...JSON.parse(readFileSync(said, 'utf8')) as Took, stdout }
    }
    const [loop, train]: [Took[], Took[]] = [[], []]
    try {
      for (let run = 0; run < runs; run++) {
        progress(`run ${run + 1}`)
        const one = () => node('--input-type=module', '-e', bare(model!, { epochs, batchSize }, wide))
        const whole = () => node(
          join(DIST, 'cli/main.js'), 'train', model!, '--epochs', String(epochs), '--batch-size', String(batchSize), '--quiet',
          '--out', out, '--force', '--wide', wide ? 'on' : 'off')
        const [first, second] = run % 2 ? [whole(), one()].reverse() as [Took & { stdout: string }, Took] : [one(), whole()]
        if (first.stdout.trim() !== readFileSync(join(out, 'digest.txt'), 'utf8').trim()) {
          throw new RangeError('bench: the two trained to other digests')
        }
        loop.push(first)
        train.push(second)
      }
    } finally {
      progress('')
      rmSync(folder, { recursive: true, force: true })
    }
    const results = (['cpu', 'time'] as const).map((of) => {
      const [a, b] = [loop, train].map((all) => all.map((each) => each[of])) as [number[], number[]]
      return { of, loop: figure(a), train: figure(b), ratio: ratios(a, b) }
    })
    console.log(table(['', 'the loop, ms', 'ganglion train, ms', 'ratio', 'between'], results.map((each) => [
      each.of === 'cpu' ? 'processor' : 'clock', spread(each.loop.windows, 0), spread(each.train.windows, 0),
      median(each.ratio).toFixed(3), medianBounds(each.ratio).map((x) => x.toFixed(3)).join('–'),
    ])))
    return { ...facts, model, epochs, batchSize, results }
  },
})
