// Work that takes longer than it is asked for: of what was asked meanwhile the last is done next, and nothing else. Invariant:
// whatever the moment, what was asked for last is done.

export function latest<T>(work: (asked: T) => Promise<void>): (asked: T) => void {
  const waiting: T[] = []
  let busy = false
  const go = async () => {
    busy = true
    try {
      for (let next; (next = waiting.pop()) !== undefined;) {
        waiting.length = 0
        await work(next)
      }
    } finally {
      // In the moment in which nothing waits: in a callback of the promise it would be too late for what is asked in between.
      busy = false
    }
  }
  return (asked) => {
    waiting.push(asked)
    if (!busy) void go()
  }
}
