// Whether another process still runs: by its number, and where the system says it, by when it was started, because numbers
// come again. A process that was stopped runs.
import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** Process numbers mean the same where this is the same: one system since its start, and one space of numbers (containers). */
export const MACHINE: string = createHash('sha256').update(JSON.stringify([
  read(hostname), read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
  read(() => readlinkSync('/proc/self/ns/pid')),
])).digest('hex').slice(0, 12)

/** When a process was started, in the system's ticks; 0 where the system does not say. */
export const startOf = (pid: number): number => Number(statOf(pid)?.start ?? 0)

/** Whether a process of this machine that was started then still runs. */
export function runs(pid: number, start = 0): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // Others may not be asked (EPERM), and run.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const found = statOf(pid)
  if (!found) return true
  return !'ZX'.includes(found.state) && (start === 0 || Number(found.start) === start)
}

/** proc_pid_stat(5): the name may hold anything, parentheses too; the state comes after it, and the start 19 fields later. */
function statOf(pid: number): { state: string, start: string } | undefined {
  const text = read(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  const [state, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return text ? { state: state!, start: rest[18]! } : undefined
}

/** '' on systems that do not say. */
function read(what: () => string): string {
  try {
    return what()
  } catch {
    return ''
  }
}
