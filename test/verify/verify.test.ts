// `verify` in this process: it passes, and it does not pass where a single bit is wrong.
import { afterEach, describe, expect, it, test, vi } from 'vitest'
import { automaticWide } from '../../src/cli/options.ts'
import { createRuntime } from '../../src/runtime/create_runtime.ts'
import { features } from '../../src/runtime/features.ts'
import { canonicalBytes, digestOf } from '../../src/verify/digest.ts'
import { golden } from '../../src/verify/golden.ts'
import { recipeNames, verify } from '../../src/verify/index.ts'
import { numbersOf } from '../../src/verify/recipe.ts'
import { recipes } from '../../src/verify/recipes/index.ts'
import { ganglion } from '../cli/ganglion.ts'

vi.mock('../../src/verify/golden.ts', async (original) => ({ golden: { ...(await original<{ golden: object }>()).golden } }))
const expected = golden as Record<string, string>
const right = { ...golden }
afterEach(() => {
  Object.assign(expected, right)
  vi.restoreAllMocks()
})

it('all recipes give the golden digests, and each has one', async () => {
  expect(Object.keys(golden), 'a recipe without its digest: run "npm run golden"').toEqual(recipeNames)
  const told: string[] = []
  const report = await verify({ onProgress: ({ name }, done, of) => void told.push(`${done}/${of} ${name}`) })
  expect(report.results.filter(({ ok }) => !ok)).toEqual([])
  expect(report).toMatchObject({ ok: true, precision: 'deterministic', threads: 1 })
  expect(report.summary).toBe(`the same bits: ${recipeNames.length} of ${recipeNames.length} digests are as expected`)
  expect(told).toEqual(recipeNames.map((name, i) => `${i + 1}/${recipeNames.length} ${name}`))
})

it('digests differ: none is of nothing', () => {
  const digests = Object.values(golden)
  expect(Object.keys(golden).filter((_, i) => digests.indexOf(digests[i]!) < i)).toEqual([])
})

describe('what is wrong is named', () => {
  it('a golden digest that is not this one', async () => {
    expected['op/exp'] = '0'.repeat(64)
    const report = await verify({ recipes: ['op/exp', 'op/log'] })
    expect(report.ok).toBe(false)
    expect(report.summary).toBe('not the same bits: 1 of 2 digests are not as expected: op/exp')
    expect(report.results.map(({ name, ok }) => [name, ok])).toEqual([['op/exp', false], ['op/log', true]])
  })
  it('one bit of one number', async () => {
    const name = 'train/gan/2'
    const recipe = recipes.find((r) => r.name === name)!
    const numbers = await numbersOf(recipe, await createRuntime())
    expect(await digestOf(numbers)).toBe(golden[name])
    new Uint8Array(numbers.at(-1)!.buffer)[0]! ^= 1
    expect(await digestOf(numbers)).not.toBe(golden[name])
  })
  it('a recipe that fails', async () => {
    const runtime = await createRuntime()
    vi.spyOn(runtime, 'session').mockRejectedValueOnce(new RangeError('out of memory'))
    const report = await verify({ runtime, recipes: ['op/exp', 'op/log'] })
    expect(report.results[0]).toEqual(
      { name: 'op/exp', digest: null, expected: golden['op/exp'], ok: false, error: 'out of memory' },
    )
    expect(report.results[1]).toMatchObject({ name: 'op/log', ok: true })
    expect(report.ok).toBe(false)
  })
})

describe('NaN', () => {
  it('has one pattern of bits in a digest, whatever the engine gave it', async () => {
    const odd = new Float32Array(Uint32Array.of(0xffc12345, 0x7f800001, 0x3f800000).buffer)
    expect([...new Uint32Array(canonicalBytes(odd).buffer)]).toEqual([0x7fc00000, 0x7fc00000, 0x3f800000])
    const double = new Float64Array(Uint32Array.of(7, 0xfff80000, 0, 0x3ff00000).buffer)
    expect([...new Uint32Array(canonicalBytes(double).buffer)]).toEqual([0, 0x7ff80000, 0, 0x3ff00000])
    expect(await digestOf([odd])).toBe(await digestOf([Float32Array.of(NaN, NaN, 1)]))
    expect([...new Uint32Array(odd.buffer)]).toEqual([0xffc12345, 0x7f800001, 0x3f800000])
  })
  it('an infinity, a zero of either sign and a word that looks like NaN stay what they are', () => {
    const floats = new Float32Array(Uint32Array.of(0x7f800000, 0x80000000, 1).buffer)
    expect(canonicalBytes(floats)).toEqual(new Uint8Array(floats.buffer))
    const words = Uint32Array.of(0xffc12345)
    expect(canonicalBytes(words)).toEqual(new Uint8Array(words.buffer))
  })
  it('parts are told apart', async () => {
    expect(await digestOf([Float32Array.of(1, 2)])).not.toBe(await digestOf([Float32Array.of(1), Float32Array.of(2)]))
  })
})

describe('what is asked', () => {
  it('names, and what names begin with, in the order of all recipes', async () => {
    const { results } = await verify({ recipes: ['update', 'op/add'] })
    const names = results.map(({ name }) => name)
    expect(names[0]).toBe('op/add')
    expect(names.slice(1)).toEqual(recipeNames.filter((name) => name.startsWith('update/')))
  })
  it('a name that is none', async () => {
    await expect(verify({ recipes: ['trian'] })).rejects.toThrow(
      "verify: no recipe is named 'trian', expected op, special, random, update, large, begin, train, model, or one of theirs",
    )
  })
  it('options that are none', async () => {
    await expect(verify({ recipies: ['op'] } as object)).rejects.toThrow(
      "verify: there is no option 'recipies'; it takes runtime, recipes, onProgress, threads")
    const text = 'op' as unknown as string[]
    await expect(verify({ recipes: text })).rejects.toThrow("verify: recipes is 'op', expected a list of names")
  })
  it('a runtime, or options for one', async () => {
    const runtime = await createRuntime()
    await expect(verify({ runtime, threads: 2 })).rejects.toThrow('verify: runtime and threads given, expected one or the other')
  })
})

describe('the command', () => {
  test('tells each digest and says at the end that all are right', async () => {
    const { code, stdout, stderr } = await ganglion(['verify', 'op/exp', 'op/log'])
    const row = (name: string) => `${name.padEnd(30)}  ${golden[name]!.slice(0, 16)}  ok\n`
    const last = 'the same bits: 2 of 2 digests are as expected (1 thread)\n'
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: row('op/exp') + row('op/log') + last, stderr: '' })
  })
  test('exits with 1 and names what differs', async () => {
    expected['op/exp'] = 'f'.repeat(64)
    const { code, stdout } = await ganglion(['verify', 'op/exp', 'op/log'])
    expect(code).toBe(1)
    expect(stdout).toContain(`${right['op/exp']!.slice(0, 16)}  DIFFERS, expected ffffffffffffffff\n`)
    expect(stdout).toMatch(/\nnot the same bits: 1 of 2 digests are not as expected: op\/exp \(1 thread\)\n$/)
  })
  test('as JSON', async () => {
    delete expected['op/exp']
    const { code, stdout } = await ganglion(['verify', 'op/exp', '--json'])
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toEqual({
      ok: false, summary: 'not the same bits: 1 of 1 digests are not as expected: op/exp', precision: 'deterministic',
      wide: automaticWide(), threads: 1,
      results: [{ name: 'op/exp', digest: right['op/exp'], expected: null, ok: false }],
    })
  })
  test.skipIf(!features().relaxedSimd.available)('compares nothing of the relaxed core', async () => {
    const { code, stdout } = await ganglion(['verify', 'train/vae/1', '--precision', 'relaxed'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^train\/vae\/1 +[0-9a-f]{16} {2}not compared\n1 digests of the relaxed core, .*: none was compared/)
  })
})
