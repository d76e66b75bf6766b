// Ganglion's own error, for mistakes that are neither a wrong type (TypeError) nor a wrong value (RangeError):
// a damaged file, missing data, a full disk, a thread that ended.
// Its message is one sentence: what is wrong, what was expected, what to do.

/** A problem with data, a format or a file that its user can mend; `cause` holds the system's error where there is one. */
export class GanglionError extends Error {
  static {
    this.prototype.name = 'GanglionError'
  }
}

/** A worker thread is gone. The session works on, on one thread. */
export class ThreadError extends GanglionError {
  /** Resolves when no worker can write to the session's memory any more. */
  readonly settled: Promise<void>
  constructor(why: string, settled: Promise<void>) {
    super(`a worker thread ended (${why}); from here on one thread does the work`)
    this.name = 'ThreadError'
    this.settled = settled
  }
}

/** Training met a NaN or an infinity, or lost a thread. The model holds the state after the last good step. */
export class TrainingError extends GanglionError {
  /** The step that went wrong. */
  readonly step: number
  /** The op whose result was not finite; null where a thread was lost, or the step could not be run again. */
  readonly op: string | null
  constructor(message: string, step: number, op: string | null, options?: ErrorOptions) {
    super(message, options)
    this.name = 'TrainingError'
    this.step = step
    this.op = op
  }
}
