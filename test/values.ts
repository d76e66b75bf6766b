// One case of an op against its reference: its values, what it writes, its bits on several threads.
import { expect } from 'vitest'
import type { Shape } from '../src/graph/tensor.ts'
import type { Session } from '../src/runtime/session.ts'
import { drawInputs } from '../src/verify/cases/case.ts'
import { compile, feed, newSession, runGuarded, runDivided, THREADS } from './harness.ts'
import type { Array64 } from './reference/arrays.ts'
import type { Case, Spec } from './specs/spec.ts'

export const array64 = (shape: Shape, data: ArrayLike<number>): Array64 => ({ shape, data: Float64Array.from(data) })

interface Values {
  readonly session: Session
  readonly inputs: Float32Array[]
  readonly y: Float32Array
  readonly expected: Array64
}

export async function expectValues(spec: Spec, c: Case, seed: number): Promise<Values> {
  const session = await newSession()
  const inputs = drawInputs(spec, c.shapes, seed)
  const compiled = compile(session, c.shapes, (...xs) => [c.apply(...xs)])
  feed(compiled.fn, inputs)
  expect(runGuarded(compiled), 'bytes written outside of buffers').toBe(0)
  const y = compiled.fn.read('y0')
  const expected = c.reference(...inputs.map((x, i) => array64(c.shapes[i]!, x)))
  expectClose(y, expected.data, spec.tolerance ?? 1e-6, seed)

  for (const threads of [2, 3, THREADS]) {
    runDivided(compiled, threads)
    expect(new Int32Array(compiled.fn.read('y0').buffer), `${threads} threads`).toEqual(new Int32Array(y.buffer))
  }
  return { session, inputs, y, expected }
}

function expectClose(y: Float32Array, expected: Float64Array, tolerance: number, seed: number): void {
  expect(y.length).toBe(expected.length)
  const rms = Math.sqrt(expected.reduce((s, e) => s + e * e, 0) / expected.length)
  let worst = 0
  let at = 0
  y.forEach((e, i) => {
    const error = Math.abs(e - expected[i]!) / (Math.abs(expected[i]!) + rms + 1e-30)
    if (!(error <= worst)) [worst, at] = [error, i]
  })
  expect(worst, `element ${at}: ${y[at]}, expected ${expected[at]} (case seed ${seed})`).toBeLessThanOrEqual(tolerance)
}
