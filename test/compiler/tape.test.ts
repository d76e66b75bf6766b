// The words of a tape: calls that have the same arguments share them. That they compute the same is in test/winograd.test.ts.
import { expect, test } from 'vitest'
import { compile } from '../../src/compiler/program.ts'
import { AGAIN, OP_WORDS, WORDS_MASK } from '../../src/graph/contract.generated.ts'
import { input } from '../../src/graph/leaves.ts'
import { conv2d } from '../../src/ops/conv2d.ts'

const tapeOf = (batch: number, threads: number) => {
  const y = conv2d(input('x', [batch, 28, 28, 64]), input('w', [3, 3, 64, 64]), { padding: 'same' })
  return compile({ group: 'test', stages: [{ outputs: { y } }] }, { threads }).tape
}

test.each([1, 2])('products of all groups of images have their arguments once, %i threads', (threads) => {
  const { calls, words } = tapeOf(16, threads)
  const own = new Map(calls.filter(({ at, args }) => args === at + OP_WORDS).map((call) => [call.args, call]))
  const again = calls.filter((call) => own.get(call.args) !== call)
  expect(again.length).toBeGreaterThan(0.4 * calls.length)
  for (const { at, args, kernel } of again) {
    expect(own.get(args)!.kernel).toBe(kernel)
    expect(args).toBeLessThan(at)
    expect(words[at + 1]! & (AGAIN | WORDS_MASK)).toBe(AGAIN | (OP_WORDS + 1))
  }
  for (const { at } of own.values()) expect(words[at + 1]! & AGAIN).toBe(0)
})

test('a batch of twice the images has few words more', () => {
  const [some, more] = [tapeOf(16, 1).words.length, tapeOf(32, 1).words.length]
  expect(more).toBeLessThan(1.5 * some)
})
