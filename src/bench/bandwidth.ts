// What the memory gives: fill, copy and add over arrays that no cache holds, as in STREAM (McCalpin 1995).
import { input } from '../graph/leaves.ts'
import type { Tensor } from '../graph/tensor.ts'
import { add } from '../ops/arithmetic.ts'
import { copy } from '../ops/copy.ts'
import { ones } from '../ops/fill.ts'
import type { Session } from '../runtime/session.ts'
import { bytesMoved } from './kernels.ts'
import type { Subject } from './windows.ts'

/** Of one array, 64 MiB: STREAM asks for four times the last cache, and few machines have more than 16 MB a core. */
const FLOATS = 1 << 24

/** Subjects with the bytes that one run moves; `windowMs` is the least, for one run may take longer. */
export function bandwidths(session: Session, windowMs: number): (Subject & { readonly bytes: number })[] {
  const a = input('a', [FLOATS])
  const b = input('b', [FLOATS])
  const graphs: Readonly<Record<string, Tensor>> = { fill: ones([FLOATS]), copy: copy(a), add: add(a, b) }
  const subjects = Object.entries(graphs).map(([name, y]) => {
    const fn = session.compile({ group: name, stages: [{ outputs: { y } }] })
    return { name, run: (n: number) => void fn.run(n), flops: 0, windowMs, bytes: bytesMoved(fn.schedule) }
  })
  // Written once, because pages that nobody wrote are one page of zeros to the system.
  const values = new Float32Array(FLOATS).fill(0.5)
  for (const x of [a, b]) session.feed(x, values)
  return subjects
}
