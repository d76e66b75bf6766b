// Parts that a thread takes because another has not begun them: an absent thread's work is done by who is there.
import { expect, test } from 'vitest'
import { input } from '../../src/graph/leaves.ts'
import { halvingsOf } from '../../src/compiler/marks.ts'
import { matmul } from '../../src/ops/matmul.ts'
import { createRuntime, type Runtime } from '../../src/runtime/create_runtime.ts'
import type { SharedExports } from '../../src/runtime/threads/thread.ts'
import { madeUp } from '../../src/verify/draw.ts'
import { runtime } from '../harness.ts'
import { worker } from './threads.ts'

const [M, K, N] = [64, 320, 904]

/** x·w, which is large enough for parts that are taken, after the rows of x are packed, which are not. */
async function product(on: Runtime) {
  const session = await on.session()
  const fn = session.compile({
    group: 'product', stages: [{ outputs: { y: matmul(input('x', [M, K]), input('w', [K, N])) } }],
  })
  return fn.feed('x', madeUp(M * K, 1)).feed('w', madeUp(K * N, 2))
}

test('a thread that is alone in a segment does all of it', async () => {
  const alone = await product(runtime)
  alone.run()
  const whole = alone.read('y')

  const pair = await createRuntime({ threads: 2, worker })
  const fn = await product(pair)
  const { core } = fn.session
  const { words, calls } = fn.tape
  const at = calls.findIndex((call) => halvingsOf(words[call.at + 1]!) > 0)
  expect(at).toBeGreaterThan(0)
  // What comes before is done by both, one after the other; then a tape that begins there.
  for (const { at: call } of calls.slice(0, at)) for (const thread of [1, 0]) core.runOp(fn.wordAddress(call), thread, 2, thread)
  const first = fn.wordAddress(calls[at]!.at)
  new Int32Array(core.memory.buffer)[first / 4 - 1] = words[0]!
  const { runThread } = (await WebAssembly.instantiate(pair.module, { env: { memory: core.memory } }))
    .exports as unknown as SharedExports
  expect(runThread(first - 4, 1, 0, 2, 1, 10)).toBe(-1)
  expect(fn.session.floats(fn.outputs.get('y')!.address, M * N)).toEqual(whole)
  await pair.close()
})
