// Comparing by taking turns in one process: neighbouring windows saw the same machine, so their ratios hold.

/** Milliseconds of the processor, on all threads of this process: what others do meanwhile is not in it. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Milliseconds of each run, window by window; every other window in reverse, so that a drift of the machine hits all alike. */
export function inTurns(
  runs: readonly (() => void)[], windows: number, clock: () => number = () => performance.now(),
): number[][] {
  const ms = runs.map((): number[] => [])
  for (let window = 0; window < windows; window++) {
    const order = [...runs.keys()]
    for (const i of window % 2 ? order.reverse() : order) {
      const began = clock()
      runs[i]!()
      ms[i]!.push(clock() - began)
    }
  }
  return ms
}

/** Of each window, the second's time over the first's. */
export const ratios = (first: readonly number[], second: readonly number[]): number[] => second.map((ms, i) => ms / first[i]!)
