// What a command touches of the process, so that tests can give it streams and signals of their own.

export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean
}

export type Signal = 'SIGINT' | 'SIGTERM'

export interface Io {
  readonly stdout: Output
  readonly stderr: Output
  /** Calls back at each SIGINT and SIGTERM until the returned function is called. */
  onSignal(callback: (signal: Signal) => void): () => void
  /** Ends the process at once. */
  exit(code: number): void
}

/** The exit code of a process that a signal ended: 128 + its number (POSIX shells). */
export const signalCode = { SIGINT: 130, SIGTERM: 143 } as const satisfies Record<Signal, number>

export const processIo: Io = {
  stdout: process.stdout,
  stderr: process.stderr,
  onSignal(callback) {
    process.on('SIGINT', callback).on('SIGTERM', callback)
    return () => {
      process.off('SIGINT', callback).off('SIGTERM', callback)
    }
  },
  exit: (code) => process.exit(code),
}
