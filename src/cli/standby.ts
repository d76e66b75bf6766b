// `train --standby`: of those that were given the same command, who has the run's key trains it, and the others wait. One of them
// goes on with it where its holder dies. Invariant: who has the key was chosen by compare and set (`Nats.hold`), before anything
// of the run is read.
import { randomUUID } from 'node:crypto'
import { rmdir } from 'node:fs/promises'
import { hostname } from 'node:os'
import { writeKept } from '../node/kept_files.ts'
import { type Files, keptFiles } from '../node/kept_run.ts'
import { type Hold, Nats, RunHeld } from '../node/nats.ts'
import { prepareRunFolder } from '../node/run_files.ts'
import { type Io, type Signal, signalCode } from './io.ts'
import { NothingLeft } from './prepare.ts'
import { resumedData } from './resume.ts'
import { lockNewRun, lockRun } from './run_lock.ts'
import type { Settings } from './settings.ts'
import { runTraining } from './training.ts'

/** Between two looks at who holds the run, in milliseconds. */
const LOOK_MS = 500

/**
 * Trains a run, at once or when it is free; the exit code.
 * @param resumed the settings by which a run in a folder goes on
 */
export async function inTurn(fresh: Settings, resumed: (folder: string) => Promise<Settings>, io: Io): Promise<number> {
  const run = fresh.run ?? fresh.source.kind
  const say = (text: string): void => void (fresh.quiet || io.stderr.write(`ganglion: ${text}\n`))
  const nats = await Nats.connect(fresh.nats!)
  const folder = new OwnFolder(fresh)
  try {
    const bucket = await nats.kept()
    let waited = false
    for (;;) {
      const hold = await tried(nats, run, fresh.source.kind)
      if (!hold) {
        const signal = await untilFree(nats, run, io, async () => {
          if (waited) return
          say(`another coordinator holds the run "${run}"; this one waits`)
          const kept = await keptFiles(bucket, run)
          // What does not fit is said now, not when it is needed.
          if (isFiles(kept)) await checkData(await resumed(await folder.write(kept)))
        })
        if (signal) return signalCode[signal]
        waited = true
        continue
      }
      try {
        const kept = await keptFiles(bucket, run)
        if (kept === 'over' && waited) {
          say(`the run "${run}" has ended`)
          return 0
        }
        if (waited) say(`takes over the run "${run}"`)
        const path = isFiles(kept) ? await folder.write(kept) : undefined
        const settings = path === undefined ? fresh : await resumed(path)
        folder.stays()
        return await runTraining({ ...settings, hold }, io).catch((error: unknown) => {
          if (!(error instanceof NothingLeft) || path === undefined) throw error
          say(`the run "${run}" has ended, kept in ${path}`)
          return 0
        })
      } finally {
        await hold.release()
      }
    }
  } finally {
    await folder.remove()
    await nats.close()
  }
}

/** Holds a run, if nobody does. */
async function tried(nats: Nats, run: string, model: string): Promise<Hold | undefined> {
  const facts = { model, host: hostname(), pid: process.pid, step: 0, lastStep: 0, seconds: 0, present: 0, workers: [] }
  return nats.hold(run, randomUUID(), () => facts, () => {}).catch((error: unknown) => {
    if (error instanceof RunHeld) return undefined
    throw error
  })
}

const isFiles = (kept: Files | 'over' | 'none'): kept is Files => typeof kept !== 'string'

/** @throws GanglionError where the data are not those of the run */
async function checkData({ data, resume, maxBytes, memory }: Settings): Promise<void> {
  await resumedData(data, resume!, maxBytes, memory)
}

/**
 * Waits until nobody holds a run, or for a signal. A server that is away is waited for.
 * @param first what is done before
 */
async function untilFree(nats: Nats, run: string, io: Io, first: () => Promise<void>): Promise<Signal | undefined> {
  let signal: Signal | undefined
  const endListening = io.onSignal((received) => { signal = received })
  try {
    await first()
    while (!signal && await nats.isHeld(run).catch(() => true)) await new Promise((done) => { setTimeout(done, LOOK_MS) })
    return signal
  } finally {
    endListening()
  }
}

/** The folder that a run is written to, to go on from. It goes where it was not needed. */
class OwnFolder {
  readonly #settings: Settings
  #path: string | undefined

  constructor(settings: Settings) {
    this.#settings = settings
  }

  /** Writes what was kept of the run; the folder. */
  async write(kept: Files): Promise<string> {
    const { out, source, force } = this.#settings
    const lock = this.#path === undefined ? await lockNewRun(out, source.kind, force) : await lockRun(this.#path)
    try {
      this.#path = lock.path
      await writeKept(lock.path, kept)
    } finally {
      await lock.release()
    }
    return lock.path
  }

  /** It stays from now on. */
  stays(): void {
    this.#path = undefined
  }
  async remove(): Promise<void> {
    const path = this.#path
    if (path === undefined) return
    await prepareRunFolder(path, { force: true }).then(() => rmdir(path)).catch(() => {})
  }
}
