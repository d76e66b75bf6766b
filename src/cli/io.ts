// What a command touches of the process, so that tests can give it streams and signals of their own.
import { GanglionError } from '../errors.ts'
import { reasonOf } from '../node/files.ts'

export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean
  /** The stream itself, for what moves a cursor: nothing of a file may be written there. */
  readonly raw?: Output
}

export type Signal = 'SIGHUP' | 'SIGINT' | 'SIGTERM'

export interface Io {
  readonly stdout: Output
  readonly stderr: Output
  /**
   * Calls back at the first signal, as soon as the event loop turns. A SIGINT or SIGTERM after it ends the process however
   * busy it is; one that came while the same work kept the loop from turning ends it right after that work. A terminal that
   * closes may send SIGHUP twice, so the second of those does nothing. Returns what ends listening.
   */
  onSignal(callback: (signal: Signal) => void): () => void
  /** @throws GanglionError where standard output could not be written. A reader that went away is no error. */
  checkOutput(): void
  /** Resolves when all output was taken. Rejects as `checkOutput` throws. */
  flush(): Promise<void>
}

/** The exit code of a process that a signal ended: 128 + its number (POSIX shells). */
export const signalCode = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const satisfies Record<Signal, number>

const ending = ['SIGINT', 'SIGTERM'] as const

/** What the executable gives its commands. From then on no failing stream ends the process by itself. */
export function processIo(): Io {
  const { stdout, stderr } = process
  let failure: NodeJS.ErrnoException | undefined
  stdout.on('error', (error) => { failure ??= error })
  // There is nowhere left to say it.
  stderr.on('error', () => {})
  const checkOutput = () => {
    // A reader that went away (`ganglion train vae | head`) or a closed terminal ends the output, not the training.
    if (!failure || failure.code === 'EPIPE' || (failure.code === 'EIO' && stdout.isTTY)) return
    throw new GanglionError(`cannot write to standard output: ${reasonOf(failure)}`, { cause: failure })
  }
  // TERM=dumb: a terminal that moves no cursor is written to as a file is.
  const output = (stream: Output): Output => (process.env['TERM'] === 'dumb' ? { write: (text) => stream.write(text) } : stream)
  return {
    stdout: output(stdout),
    stderr: output(stderr),
    onSignal,
    checkOutput,
    async flush() {
      await new Promise<void>((done) => stdout.write('', () => done()))
      checkOutput()
    },
  }
}

function onSignal(callback: (signal: Signal) => void): () => void {
  let first: Signal | undefined
  const release = () => {
    for (const signal of ending) process.off(signal, heard)
  }
  const heard = (signal: Signal) => {
    if (first !== undefined) {
      if (signal === 'SIGHUP') return
      release()
      process.kill(process.pid, signal)
      return
    }
    first = signal
    // Without a listener a signal has its default effect, which needs no turn of the loop. Those that came with the first
    // are heard before that.
    setImmediate(release)
    callback(signal)
  }
  for (const signal of ['SIGHUP', ...ending] as const) process.on(signal, heard)
  return () => {
    release()
    process.off('SIGHUP', heard)
  }
}
