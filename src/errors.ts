// Ganglion's own error, for mistakes that are neither a wrong type (TypeError) nor a wrong value (RangeError):
// a damaged file, missing data, a full disk. Its message is one sentence: what is wrong, what was expected, what to do.

/** A problem with data, a format or a file that its user can mend; `cause` holds the system's error where there is one. */
export class GanglionError extends Error {
  static {
    this.prototype.name = 'GanglionError'
  }
}
