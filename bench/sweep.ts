// A sweep of many small runs, as `ganglion sweep` trains it: how busy it keeps the cores, by the processor time of its processes
// over cores and wall clock, beside what loops get just before and after: others may use the machine. Then the same sweep killed
// twice and gone on with, which has to end in the same table.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { about, aboutLine } from './about.ts'
import { command } from './command.ts'
import { progress, table } from './output.ts'

const MAIN = resolve('dist/cli/main.js')

/** What some shell commands take, by the shell that waits for them: processor time of all their processes, and wall clock. */
function taken(script: string, cwd: string): { busy: number, wall: number, status: number | null } {
  const began = performance.now()
  const { stdout, status } = spawnSync('bash', ['-c', `${script}; status=$?; times; exit $status`], { cwd, encoding: 'utf8' })
  const wall = (performance.now() - began) / 1000
  // The second line is of its children, and of theirs: minutes and seconds in the program, and in the system.
  const children = stdout.trim().split('\n').at(-1)!
  const busy = [...children.matchAll(/(\d+)m([\d.]+)s/g)]
    .reduce((n, [, minutes, seconds]) => n + 60 * Number(minutes) + Number(seconds), 0)
  return { busy, wall, status }
}

/** The share of so many cores that loops get. */
function looping(cores: number, ms: number, cwd: string): number {
  const loop = `${process.execPath} -e 'for (const end = performance.now() + ${ms}; performance.now() < end;);' &`
  const { busy, wall } = taken(`${Array(cores).fill(loop).join(' ')} wait`, cwd)
  return busy / (cores * wall)
}

export const sweep = command({
  summary: 'how busy a sweep of small runs keeps the cores, and its table after it was killed twice',
  options: { runs: 64, epochs: 10, jobs: availableParallelism(), 'loop-ms': 4000 },
  async run({ runs, epochs, jobs, 'loop-ms': loopMs }) {
    if (!existsSync(MAIN)) throw new RangeError('bench: there is no dist; npm run build')
    const facts = await about({})
    console.log(`${aboutLine(facts)}; ${runs} runs of ${epochs} epochs, ${jobs} at a time\n`)
    const folder = mkdtempSync(join(tmpdir(), 'ganglion-sweep-'))
    try {
      const file = {
        model: 'vae', train: { data: 'mnist', 'limit-first': 1000, 'batch-size': 64, hidden: 64, epochs },
        random: { runs, seed: 1, options: { 'learning-rate': { from: 1e-4, to: 1e-2, log: true }, latent: [2, 8, 20] } },
      }
      writeFileSync(join(folder, 'sweep.json'), JSON.stringify(file))
      const args = (out: string) => ['sweep', 'sweep.json', '--out', out, '--jobs', String(jobs), '--quiet']
      const before = looping(jobs, loopMs, folder)
      progress('the sweep')
      const { busy, wall, status } = taken([process.execPath, MAIN, ...args('whole')].join(' '), folder)
      progress('')
      if (status !== 0) throw new RangeError(`bench: the sweep ended with code ${status}`)
      const after = looping(jobs, loopMs, folder)
      const share = busy / (jobs * wall)
      const loops = (before + after) / 2
      console.log(`${table(
        ['seconds', 'processor seconds', 'cores busy, %', 'by loops, %', 'of theirs, %'],
        [[wall.toFixed(1), busy.toFixed(1), ...[share, loops, share / loops].map((x) => (100 * x).toFixed(0))]],
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
      const { status: last } = spawnSync(process.execPath, [MAIN, ...args('parts')], { cwd: folder })
      const read = (out: string) => readFileSync(join(folder, out, 'table.csv'), 'utf8')
      const same = last === 0 && read('parts') === read('whole')
      console.log(`killed twice and gone on with: ${same ? 'the same table' : 'another table'}`)
      if (!same) throw new RangeError('bench: the sweep that was killed ended in another table')
      return { ...facts, runs, epochs, jobs, wall, busy, share, loops, same }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
})
