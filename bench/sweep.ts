// A sweep of many small runs, as `ganglion sweep` trains it: how busy it keeps the cores. Others may use the machine, so what
// counts is processor time beside the time for which a core had nothing to do for the sweep, as samples of its threads' states
// say: time in which they wait for a core that others have is neither. Then the same sweep killed twice and gone on with, which
// has to end in the same table.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { about, aboutLine } from './about.ts'
import { command } from './command.ts'
import { progress, table } from './output.ts'

const MAIN = resolve('dist/cli/main.js')

/** Between two looks at the threads, in milliseconds. */
const LOOK_MS = 25

const text = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // It has ended.
    return ''
  }
}
const names = (path: string): string[] => {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
/** A process and those that it started, and theirs. */
const tree = (pid: string): string[] => [
  pid, ...text(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).flatMap(tree),
]
/** How many threads of a process and of those that it started run, or would if a core were free. */
function running(pid: number): number {
  const tasks = tree(String(pid)).map((each) => `/proc/${each}/task`)
  const threads = tasks.flatMap((folder) => names(folder).map((thread) => `${folder}/${thread}/stat`))
  return threads.map(text).filter((stat) => stat[stat.lastIndexOf(')') + 2] === 'R').length
}

interface Taken {
  /** Processor time of all its processes, wall clock, and the time for which a core had nothing to do for it, in seconds. */
  readonly busy: number
  readonly wall: number
  readonly idle: number
  readonly status: number | null
}

/** What a command takes, by the shell that waits for it. */
async function taken(command: string, cwd: string, cores: number): Promise<Taken> {
  const began = performance.now()
  const child = spawn('bash', ['-c', `${command}; status=$?; times; exit $status`], { cwd, stdio: ['ignore', 'pipe', 'inherit'] })
  let stdout = ''
  child.stdout.setEncoding('utf8').on('data', (said: string) => { stdout += said })
  let [idle, last] = [0, began]
  const looking = setInterval(() => {
    const now = performance.now()
    idle += (Math.max(0, cores - running(child.pid!)) * (now - last)) / 1000
    last = now
  }, LOOK_MS)
  const [status] = await once(child, 'close') as [number | null]
  clearInterval(looking)
  const wall = (performance.now() - began) / 1000
  // The second line is of its children, and of theirs: minutes and seconds in the program, and in the system.
  const children = stdout.trim().split('\n').at(-1)!
  const busy = [...children.matchAll(/(\d+)m([\d.]+)s/g)]
    .reduce((n, [, minutes, seconds]) => n + 60 * Number(minutes) + Number(seconds), 0)
  return { busy, wall, idle, status }
}

export const sweep = command({
  summary: 'how busy a sweep of small runs keeps the cores, and its table after it was killed twice',
  options: { runs: 64, epochs: 10, jobs: '' },
  async run({ runs, epochs, jobs }) {
    if (!existsSync(MAIN)) throw new RangeError('bench: there is no dist; npm run build')
    const facts = await about({})
    const cores = availableParallelism()
    console.log(`${aboutLine(facts)}; ${runs} runs of ${epochs} epochs, ${jobs || 'as many as it takes'} at a time\n`)
    const folder = mkdtempSync(join(tmpdir(), 'ganglion-sweep-'))
    try {
      const file = {
        model: 'vae', train: { data: 'mnist', 'limit-first': 1000, 'batch-size': 64, hidden: 64, epochs },
        random: { runs, seed: 1, options: { 'learning-rate': { from: 1e-4, to: 1e-2, log: true }, latent: [2, 8, 20] } },
      }
      writeFileSync(join(folder, 'sweep.json'), JSON.stringify(file))
      const args = (out: string) => ['sweep', 'sweep.json', '--out', out, ...(jobs ? ['--jobs', jobs] : []), '--quiet']
      progress('the sweep')
      const { busy, wall, idle, status } = await taken([process.execPath, MAIN, ...args('whole')].join(' '), folder, cores)
      progress('')
      if (status !== 0) throw new RangeError(`bench: the sweep ended with code ${status}`)
      const share = busy / (busy + idle)
      console.log(`${table(
        ['seconds', 'processor seconds', 'core seconds without work', 'cores busy, %'],
        [[wall.toFixed(1), busy.toFixed(1), idle.toFixed(1), (100 * share).toFixed(1)]],
      )}\n`)

      // Once with a quarter of the runs made, once with a half.
      for (const part of [0.25, 0.5]) {
        const child = spawn(process.execPath, [MAIN, ...args('parts')], { cwd: folder, stdio: 'ignore' })
        const made = (): number => (existsSync(join(folder, 'parts'))
          ? readdirSync(join(folder, 'parts')).filter((name) => /^\d+$/.test(name)).length : 0)
        while (made() < part * runs && child.exitCode === null) await new Promise((done) => { setTimeout(done, 10) })
        progress(`killed after ${made()} runs`)
        child.kill('SIGKILL')
        await once(child, 'exit')
      }
      progress('')
      const { status: last, stderr } = spawnSync(process.execPath, [MAIN, ...args('parts')], { cwd: folder, encoding: 'utf8' })
      const read = (out: string) => text(join(folder, out, 'table.csv'))
      const same = last === 0 && read('parts') === read('whole')
      console.log(`killed twice and gone on with: ${same ? 'the same table' : 'another table'}`)
      if (!same) {
        const found = `code ${last}, ${stderr}${read('parts')}in place of\n${read('whole')}`
        throw new RangeError(`bench: the sweep that was killed ended in another table: ${found}`)
      }
      return { ...facts, runs, epochs, jobs, wall, busy, idle, share, same }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
})
