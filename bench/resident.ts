// What a process takes that trains: its resident set once a build is loaded, once a step is compiled, and after some steps. One
// commit a process; memory is not noisy as time is, so two processes may be compared.
import { buildAt } from './builds.ts'
import { BUILD, buildOf, command, namedOf } from './command.ts'
import { megabytes, table } from './output.ts'
import { REAL_BATCHES } from './real_models.ts'

const peak = (): number => 1024 * process.resourceUsage().maxRSS

export const resident = command({
  summary: "a training process' resident set, of a commit or of this checkout (.), at a model of real size",
  takes: 'COMMIT [MODEL …]',
  options: { steps: 2, threads: 1, ...BUILD },
  async run({ steps, threads, ...which }, [commit = '.', ...names]) {
    const build = await buildAt(commit, { threads, ...buildOf(which) })
    const results = [{ model: '', state: 'loaded', bytes: process.memoryUsage.rss(), peak: peak() }]
    for (const model of namedOf(names, Object.keys(REAL_BATCHES))) {
      const step = await build.step(model, REAL_BATCHES[model]!)
      results.push({ model, state: 'compiled', bytes: process.memoryUsage.rss(), peak: peak() })
      step.run(steps)
      results.push({ model, state: `step ${steps}`, bytes: process.memoryUsage.rss(), peak: peak() })
      await step.close()
    }
    console.log(`${build.name}, Node ${process.versions.node}\n`)
    console.log(table(['model', 'when', 'resident, MB', 'most until then, MB'], results.map((each) => [
      each.model, each.state, megabytes(each.bytes, 0), megabytes(each.peak, 0)])))
    return { build: build.name, results }
  },
})
