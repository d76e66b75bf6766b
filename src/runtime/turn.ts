// A turn of the event loop, between two chunks of work: signals, input, rendering. Not by a timer where there is another way: a
// hidden page's fire once a second. Not by scheduler.yield either: what it resumes goes before the messages that wait.
import { builtin } from '../host.ts'

export function turn(): Promise<void> {
  const immediate = builtin('timers')?.setImmediate
  if (immediate) return new Promise((done) => void immediate(done))
  if (typeof MessageChannel !== 'function') return new Promise((done) => void setTimeout(done, 0))
  const { port1, port2 } = new MessageChannel()
  return new Promise((done) => {
    port1.onmessage = () => {
      port1.close()
      done()
    }
    port2.postMessage(null)
  })
}
