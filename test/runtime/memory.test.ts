// Memory comes back: what is released, outgrown or held by nobody is used again, and what fails leaves nothing behind.
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compiler/program.ts'
import { constant, input, variable } from '../../src/graph/leaves.ts'
import type { Stage } from '../../src/models/definition.ts'
import { add, mul } from '../../src/ops/arithmetic.ts'
import { assign } from '../../src/ops/assign.ts'
import { batch, dataset } from '../../src/ops/batch.ts'
import { matmul } from '../../src/ops/matmul.ts'
import { sum } from '../../src/ops/reduce.ts'
import { ones, randomNormal } from '../../src/nn/initializers.ts'
import type { Core } from '../../src/runtime/core.ts'
import { Heap } from '../../src/runtime/heap.ts'
import type { Session } from '../../src/runtime/session.ts'
import { generator, runtime } from '../harness.ts'

const ROUNDS = 1000
const bytesOf = (session: Session): number => session.core.memory.buffer.byteLength

it('a new group may begin where memory ends', async () => {
  // Of one thread: memory that several share keeps its buffer when it grows.
  const session = await runtime.session(1)
  while (session.heap.allocate(64) + 64 < bytesOf(session));
  const full = bytesOf(session)
  expect([...session.counters('new')]).toEqual([0, 0, 0, 0])
  expect(bytesOf(session)).toBeGreaterThan(full)
})

describe('the heap', () => {
  const heap = () => new Heap({ memory: new WebAssembly.Memory({ initial: 1, maximum: 4 }), heapBase: 1000 } as unknown as Core)

  it('gives zeroed blocks on multiples of 64 that do not overlap, whatever was given back before', () => {
    const memory = new WebAssembly.Memory({ initial: 1 })
    const tried = new Heap({ memory, heapBase: 1000 } as unknown as Core)
    const uniform = generator(3)
    const held: { address: number; bytes: number }[] = []
    for (let round = 0; round < 5000; round++) {
      if (held.length > 20 || (held.length && uniform() < 0.5)) {
        const [{ address }] = held.splice(Math.floor(uniform() * held.length), 1) as [typeof held[number]]
        tried.free(address)
        continue
      }
      const bytes = Math.floor(uniform() * 3000)
      const address = tried.allocate(bytes)
      expect(address % 64).toBe(0)
      expect(address).toBeGreaterThanOrEqual(1000)
      expect(held.filter((h) => h.address < address + bytes && address < h.address + h.bytes), `round ${round}`).toEqual([])
      const view = new Uint8Array(memory.buffer, address, bytes)
      expect(view.every((x) => x === 0), `round ${round}`).toBe(true)
      view.fill(255)
      held.push({ address, bytes })
    }
    // 21 blocks of at most 3 kB, and what lies between them.
    expect(memory.buffer.byteLength).toBeLessThan(4 * 65536)
  })
  it('joins what lies side by side', () => {
    const tried = heap()
    const [a, b, c] = [tried.allocate(64), tried.allocate(64), tried.allocate(64)]
    for (const block of [a, c, b]) tried.free(block)
    expect(tried.allocate(192)).toBe(a)
    expect(tried.used).toBe(192)
  })
  it('says what was wanted where memory is at its end, and goes on', () => {
    const tried = heap()
    expect(() => tried.allocate(10 * 65536, 'a test')).toThrow(new RangeError('out of memory: 0.6 MB for a test; ' +
      'use a smaller batch size, fewer units or filters (a 32-bit memory ends at 4096 MB)'))
    expect(tried.allocate(64)).toBe(1024)
    expect(() => tried.free(7)).toThrow('no block begins at 7')
  })
})

it('what is compiled and released 1,000 times takes no more memory', async () => {
  const session = await runtime.session()
  const w = variable('w', [40, 40], randomNormal())
  const build = () => session.compile({
    group: 'g', stages: [{ outputs: { y: add(matmul(input('x', [64, 40]), w), constant(1)) } }],
  })
  build()
  const [memory, { used }] = [bytesOf(session), session.heap]
  const before = used
  for (let i = 0; i < ROUNDS; i++) {
    const fn = build()
    if (i % 100 === 0) expect(fn.feed('x', new Float32Array(2560)).run()).toBe(1)
    session.release(fn)
  }
  expect(session.heap.used).toBe(before)
  expect(bytesOf(session)).toBe(memory)
})

it('functions that nobody holds give their memory back when they are garbage', async () => {
  const { setFlagsFromString } = process.getBuiltinModule('v8')
  setFlagsFromString('--expose-gc')
  const collect = process.getBuiltinModule('vm').runInNewContext('gc') as () => void
  const session = await runtime.session()
  const make = () => session.compile({ group: 'g', stages: [{ outputs: { y: mul(input('x', [1000]), 2) } }] })
  for (let round = 0; round < 20; round++) {
    for (let i = 0; i < ROUNDS / 20; i++) make()
    collect()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  // Of a thousand functions of 4 kB and more, those of a few rounds are not yet collected.
  expect(session.heap.used).toBeLessThan((ROUNDS / 4) * 4000)
})

it('a released dataset takes its functions along, and its memory is used by the next', async () => {
  const session = await runtime.session()
  const read = (data: Float32Array) => {
    const leaf = dataset(data, [100, 250])
    return { leaf, fn: session.compile({ group: 'g', stages: [{ outputs: { y: sum(batch(leaf, 10)) } }] }) }
  }
  const first = read(new Float32Array(25000).fill(1))
  first.fn.run()
  expect(first.fn.read('y')[0]).toBe(2500)
  const memory = bytesOf(session)
  let last = first
  for (let i = 2; i < ROUNDS; i++) {
    session.release(last.leaf)
    last = read(new Float32Array(25000).fill(i))
  }
  expect(bytesOf(session)).toBe(memory)
  last.fn.run()
  expect(last.fn.read('y')[0]).toBe((ROUNDS - 1) * 2500)
  expect(() => first.fn.run()).toThrow(new RangeError('the function was released; compile or load it again'))
  expect(() => first.fn.metrics()).toThrow('released')
  const wrong = new TypeError('release: expected a function that compile() made, or a dataset')
  expect(() => session.release(constant(1))).toThrow(wrong)
})

it('an arena that was outgrown is given back, and functions compiled before it go on', async () => {
  const session = await runtime.session()
  const double = (n: number) => session.compile({ group: `g${n}`, stages: [{ outputs: { y: mul(add(input('x', [n]), 1), 2) } }] })
  const small = double(10)
  small.feed('x', new Float32Array(10).fill(3)).run()
  const { used } = session.heap
  const large = double(100_000)
  // The input and the larger arena, not the smaller one besides.
  expect(session.heap.used - used).toBeLessThan(2 * 400_000 + 2000)
  expect(() => small.read('y')).toThrow('ran or was compiled since')
  small.feed('x', new Float32Array(10).fill(4)).run()
  expect([...small.read('y')]).toEqual(new Array(10).fill(10))
  large.feed('x', new Float32Array(100_000).fill(1)).run()
  expect(large.read('y')[99_999]).toBe(4)
  small.run()
  expect(small.read('y')[9]).toBe(10)
})

it('a compile that fails leaves nothing behind: its variables are gone', async () => {
  const session = await runtime.session()
  const v = variable('v', [4], ones())
  session.compile({ group: 'g', stages: [{ outputs: { y: mul(v, 2) } }] })
  const { used } = session.heap
  const taken = variable('v', [4], ones())
  const fresh = variable('fresh', [1000], randomNormal())
  const bad: Stage[] = [
    { outputs: { y: add(mul(taken, 2), sum(fresh)) } },
    { outputs: { y: sum(fresh), z: matmul(input('a', [16384, 1]), input('b', [1, 65536])) } },
    { outputs: { y: sum(fresh) }, updates: [mul(fresh, 2)] },
    { outputs: { y: sum(fresh) }, metrics: { m: mul(fresh, 2) } },
  ]
  for (const stage of bad) {
    expect(() => session.compile({ group: 'g', stages: [stage] })).toThrow()
    expect(session.variables).toEqual([v])
    expect(session.heap.used).toBe(used)
  }
  session.compile({ group: 'g', stages: [{ updates: [assign(fresh, mul(fresh, 2))] }] })
  expect(session.variables).toEqual([fresh, v])
})

it('a program is compiled without a session, and loads into any with as many threads', async () => {
  const x = input('x', [3])
  const program = compile({ group: 'g', stages: [{ outputs: { y: mul(add(x, 1), 2) }, metrics: { total: sum(x) } }] })
  expect([...program.inputs.keys()]).toEqual(['x'])
  expect(program.outputs.get('y')).toMatchObject({ region: { kind: 'arena' }, shape: [3] })
  expect(program.metrics).toEqual(['total'])
  expect(program.flops).toBe(9)
  expect(program.plan.peakBytes).toBeGreaterThan(0)
  for (const session of [await runtime.session(), await runtime.session()]) {
    const fn = session.load(program)
    fn.feed('x', [1, 2, 3]).run()
    expect([...fn.read('y')]).toEqual([4, 6, 8])
    expect(fn.metrics().total.sum).toBe(6)
  }
  const session = await runtime.session()
  expect(() => session.load(compile(program.spec, { threads: 2 }))).toThrow(new RangeError(
    'load: the program is for 2 threads and the session has 1; compile it with { threads: session.threads }'))
})
