// How ops are divided: every element of a result is written in exactly one part, however many parts and threads there are. What
// is written twice is right when parts run one after another, and wrong now and then on real threads.
import { describe, expect, test } from 'vitest'
import { gradients } from '../../src/autodiff/gradients.ts'
import { input } from '../../src/graph/leaves.ts'
import { conv2d } from '../../src/ops/conv2d.ts'
import { matmul } from '../../src/ops/matmul.ts'
import type { CompiledFunction } from '../../src/runtime/function.ts'
import { madeUp } from '../../src/verify/draw.ts'
import { newSession, runtime } from '../harness.ts'

const UNTOUCHED = 1e30

/** How often each element of x·w, [m, k] · [k, n], is written by the parts of `threads`, which have `each`. */
async function writes(m: number, k: number, n: number, threads: number, each: number): Promise<number[]> {
  const session = await newSession(5, threads)
  const fn = session.compile({ group: 'g', stages: [{ outputs: { y: matmul(input('x', [m, k]), input('w', [k, n])) } }] })
  const y = session.floats(fn.outputs.get('y')!.address, m * n)
  const [before, product] = fn.tape.calls.filter(({ item }) => item).length > 1 ? fn.tape.calls : [null, fn.tape.calls[0]]
  const parts = threads * each
  if (before) for (let part = 0; part < threads; part++) session.core.runOp(fn.wordAddress(before.at), part, threads)
  const counts = new Array<number>(m * n).fill(0)
  for (let part = 0; part < parts; part++) {
    y.fill(UNTOUCHED)
    session.core.runOp(fn.wordAddress(product!.at), part, parts, 0, each)
    y.forEach((value, i) => { if (value !== Math.fround(UNTOUCHED)) counts[i]!++ })
  }
  return counts
}

describe('a product', () => {
  test.each([[2, 1], [2, 2], [2, 8], [3, 8], [4, 4], [4, 8], [7, 2]])('of %i threads with %i parts', async (threads, each) => {
    for (const m of [5, 24, 40]) {
      for (const n of [1, 7, 8, 9, 24, 40, 56, 100, 184, 200, 401]) {
        for (const k of [9, 250]) {
          const counts = await writes(m, k, n, threads, each)
          expect([...new Set(counts)], `[${m}, ${k}] · [${k}, ${n}]`).toEqual([1])
        }
      }
    }
  })
})

test('rows in several blocks, deeper than one: the same bits as on one thread', async () => {
  const [m, k, n] = [300, 520, 401]
  const compiled = [await newSession(5, 2), await runtime.session()].map((session): CompiledFunction => {
    const y = matmul(input('x', [m, k]), input('w', [k, n]))
    const fn: CompiledFunction = session.compile({ group: 'g', stages: [{ outputs: { y } }] })
    return fn.feed('x', madeUp(m * k, 1)).feed('w', madeUp(k * n, 2))
  }) as [CompiledFunction, CompiledFunction]
  compiled[1].run()
  const [fn, alone] = compiled
  expect(fn.tape.calls.map(({ kernel }) => kernel)).toEqual(['pack_a_f32', 'gemm_f32', 'advance'])
  for (const [call, each] of [[0, 1], [1, 8]] as const) {
    const op = fn.wordAddress(fn.tape.calls[call]!.at)
    for (let part = 0; part < 2 * each; part++) fn.session.core.runOp(op, part, 2 * each, part % 2, each)
  }
  expect(fn.session.floats(fn.outputs.get('y')!.address, m * n)).toEqual(alone.read('y'))
})

test('a convolution by points has owners for any number of images', async () => {
  for (const threads of [2, 3, 4, 8, 16]) {
    for (const images of [1, 2, 3, 5, 7, 8, 9, 11, 14, 15, 16, 18, 19, 28, 31, 33]) {
      const session = await newSession(5, threads)
      const x = input('x', [images, 14, 14, 32])
      const w = input('w', [4, 4, 32, 64])
      const y = conv2d(x, w, { padding: 'same', strides: 2 })
      const [dx, dw] = gradients(y, [x, w], input('dy', y.shape))
      const fn = session.compile({ group: 'g', stages: [{ outputs: { y, dx: dx!, dw: dw! } }] })
      const points = fn.tape.calls.filter(({ kernel }) => kernel === 'combine2d_f32')
      expect(points.length).toBeGreaterThan(0)
    }
  }
})
