// No kernel of the core is left out of `npm run bench -- kernels`: each stands in the tape of an entry.
import { expect, it } from 'vitest'
import { ENTRIES } from '../../bench/kernel_entries.ts'
import { compileKernel } from '../../src/bench/kernels.ts'
import { KERNELS } from '../../src/graph/contract.generated.ts'
import { newSession } from '../harness.ts'

/** Kernels that are no op's: random_bits is for the test of Philox. */
const BOOKKEEPING = ['advance', 'metric_f32', 'peak_f32', 'random_bits']

const kernels = Object.keys(KERNELS)

it('every kernel is measured', async () => {
  expect(kernels.length).toBeGreaterThan(50)
  const measured = new Set<string>()
  // The smallest of each op, and all where sizes choose kernels.
  const first = ENTRIES.filter(({ op }, i) => /^(conv2d|matmul)/.test(op) || ENTRIES.findIndex((e) => e.op === op) === i)
  for (const { kernel, values } of first) {
    const session = await newSession()
    const { fn } = compileKernel(session, kernel, values?.())
    for (const call of fn.tape.calls) measured.add(call.kernel)
  }
  expect(kernels.filter((name) => !measured.has(name) && !BOOKKEEPING.includes(name))).toEqual([])
})
