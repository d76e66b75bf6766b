// What the page says of a model's inside, in Node: for every kind of the package.
import { createRuntime, Model } from 'ganglion'
import { describe, expect, test } from 'vitest'
import { open } from '../src/lab/graph.ts'
import { countOf, partsOf } from '../src/lab/parts.ts'
import { Probe } from '../src/lab/probe.ts'
import { branchOf, timesOf } from '../src/lab/times.ts'
import { exported } from '../src/workers/kinds.ts'

const ROWS = 6
/** Narrow ones, so that all kinds take seconds. */
const NARROW: Readonly<Record<string, unknown>> = { filters: 4, hidden: 12, discriminatorHidden: 12, latent: 5 }

const opened = async (kind: string, more: object = {}) => {
  const define = exported.find((each) => each.kind.kind === kind)!.kind
  const narrow = Object.entries(NARROW).filter(([name]) => typeof define.options[name]?.initial === 'number')
  const runtime = await createRuntime()
  return { runtime, of: await open(runtime, define({ ...Object.fromEntries(narrow), ...more } as never), ROWS) }
}
const images = Float32Array.from({ length: ROWS * 784 }, (_, i) => ((i * 37) % 201) / 100 - 1)
const labels = Float32Array.from({ length: ROWS }, (_, i) => i)
const sum = (all: Iterable<number>) => [...all].reduce((a, b) => a + b, 0)

describe.each(exported.map(({ kind: { kind } }) => kind))('%s', (kind) => {
  test('its parts have all of its parameters; each op of a step is measured; a look changes nothing', async () => {
    const { runtime, of } = await opened(kind)
    const parts = partsOf(of)
    expect(parts.length).toBeGreaterThan(0)
    expect(sum(parts.flatMap(({ layers }) => layers.map(({ parameters }) => parameters)))).toBe(countOf(of))
    // A prior over codes is in no way from images to images.
    expect(parts.some(({ layers }) => layers.at(-1)!.shape)).toBe(true)
    for (const { layers } of parts) expect(new Set(layers.map(({ name }) => name)).size).toBe(layers.length)

    const before = await of.model.digest()
    const session = await runtime.session(1)
    const steps = timesOf(of, session, 0.02)
    let last = steps.next()
    for (let count = 1; !last.done; last = steps.next()) expect(last.value[0]).toBe(count++)
    const times = last.value
    expect(times.every(({ ms }) => ms > 0)).toBe(true)
    expect(new Set(times.map(({ phase }) => phase))).toEqual(new Set(['forward', 'gradient', 'update']))
    const tree = branchOf('step', times)
    expect(sum(tree.children.map(({ ms }) => ms))).toBeCloseTo(tree.ms, 6)

    const probed = new Probe(of).run({ images, labels, seed: 3 })
    expect(probed.norms.every(({ norm }) => Number.isFinite(norm) && norm >= 0)).toBe(true)
    expect(sum(probed.norms.map(({ norm }) => norm))).toBeGreaterThan(0)
    expect(probed.real?.length ?? ROWS).toBe(ROWS)
    expect((probed.real === null) === (of.definition.discriminate === undefined)).toBe(true)
    expect(await of.model.digest()).toBe(before)
  })
})

test.each([['vae', {}], ['conv-vae', { beta: 3 }], ['cvae', {}]])(
  '%s: the divergence by number sums up to the one that training reports', async (kind, more) => {
    const { of } = await opened(kind, more)
    const { divergence } = new Probe(of).run({ images, labels, seed: 3 })
    expect(divergence).toHaveLength(5)
    const data = { name: 'some', images, count: ROWS, shape: [28, 28, 1] as const, labels, classes: 10 }
    const { definition } = of
    const model = await Model.create(await createRuntime(), definition)
    model.loadState(of.model.state())
    const figures = model.evaluate(data as never)
    expect(sum(divergence!)).toBeCloseTo(figures['kl']!, 4)
  })

test('a discriminator tells its images apart by what it believes of them', async () => {
  const { of } = await opened('gan')
  const { real, made } = new Probe(of).run({ images, seed: 3 })
  expect([...real!]).not.toEqual([...made!])
})
