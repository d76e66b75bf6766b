// The processes that train a sweep's runs. Invariant: one begins only after its number is written, so that a sweep that goes on
// after one that was killed knows all that may still write to a run's folder, and waits for them.
import { type ChildProcess, spawn } from 'node:child_process'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { failure } from '../../node/files.ts'
import { MACHINE, runs, startOf } from '../../node/processes.ts'

/** In the environment of a sweep's process: it begins when it is told to, and ends when the sweep does. */
export const OF_SWEEP = 'GANGLION_SWEEP'

/** `.run.<pid>.<machine>.<start>`, in the sweep's folder while the process lives. */
const NOTE = /^\.run\.(\d+)\.([0-9a-f]{12})\.(\d+)$/
export const noteOf = (pid: number): string => `.run.${pid}.${MACHINE}.${startOf(pid)}`

/**
 * Runs a command of Ganglion; its exit code, null where it did not start or a signal ended it, and the end of what it said.
 * @param out the sweep's folder
 * @param main the file of the command line
 * @param signal stops it
 */
export async function runCommand(
  args: readonly string[], out: string, main: string, signal: AbortSignal,
): Promise<{ code: number | null, said: string }> {
  // In a group of its own, so that a terminal's Ctrl-C reaches it once, by this process.
  const child: ChildProcess = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env: { ...process.env, [OF_SWEEP]: '1' }, detached: true,
  })
  const stop = () => void child.kill('SIGINT')
  signal.addEventListener('abort', stop)
  let said = ''
  child.stderr!.setEncoding('utf8').on('data', (text: string) => { said = (said + text).slice(-2000) })
  const closed = new Promise<number | null>((done) => { child.on('close', done).on('error', () => done(null)) })
  const note = child.pid === undefined ? undefined : join(out, noteOf(child.pid))
  try {
    if (note !== undefined) {
      await writeFile(note, '').catch((cause: unknown) => {
        stop()
        throw failure('write', note, cause)
      })
      // One that has ended already is told nothing.
      child.send('begin', () => {})
    }
    return { code: await closed, said }
  } finally {
    signal.removeEventListener('abort', stop)
    if (note !== undefined) await rm(note, { force: true })
  }
}

/** In such a process: waits until it is told to begin, and sees to it that it ends with the sweep. */
export async function toldToBegin(): Promise<void> {
  if (!process.env[OF_SWEEP] || !process.channel) return
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  await new Promise((told) => { process.once('message', told) })
  process.channel.unref()
}

/** Waits for the processes of a sweep that was killed: those that had begun keep what they learned, which takes a moment. */
export async function ended(out: string, signal: AbortSignal): Promise<void> {
  for (const name of await readdir(out)) {
    const [, pid, machine, start] = NOTE.exec(name) ?? []
    if (pid === undefined) continue
    for (let tries = 0; machine === MACHINE && runs(Number(pid), Number(start)) && tries < MOST_TRIES; tries++) {
      if (signal.aborted) return
      await wait(TRY_MS)
    }
    // Of what still runs then, the folder's lock tells.
    await rm(join(out, name), { force: true })
  }
}
const MOST_TRIES = 600
const TRY_MS = 100
