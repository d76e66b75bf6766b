// What a command touches of the process, so that tests can give it streams and signals of their own.

export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean
}

export type Signal = 'SIGINT' | 'SIGTERM'

export interface Io {
  readonly stdout: Output
  readonly stderr: Output
  /** Calls back at the first SIGINT or SIGTERM; the next ends the process, however busy it is. Returns what ends listening. */
  onSignal(callback: (signal: Signal) => void): () => void
}

/** The exit code of a process that a signal ended: 128 + its number (POSIX shells). */
export const signalCode = { SIGINT: 130, SIGTERM: 143 } as const satisfies Record<Signal, number>

export const processIo: Io = {
  stdout: process.stdout,
  stderr: process.stderr,
  onSignal(callback) {
    // Without a listener the signal has its default effect again, which needs no turn of the event loop.
    const release = () => void process.off('SIGINT', first).off('SIGTERM', first)
    const first = (signal: Signal) => {
      release()
      callback(signal)
    }
    process.on('SIGINT', first).on('SIGTERM', first)
    return release
  },
}
