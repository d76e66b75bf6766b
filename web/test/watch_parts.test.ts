// What the page of `ganglion watch` makes of what it is told: curves of many epochs, runs beside each other, what differs.
import { expect, test, vi } from 'vitest'
import { Curve, type Series } from '../src/state/curve.ts'
import { beside, differences, metricsOf } from '../src/watch/compare.ts'
import { Live } from '../src/watch/live.ts'
import { momentBy } from '../src/watch/moments.ts'
import type { Facts, News, Row } from '../../src/cli/watch/news.ts'

const FACTS: Facts = { name: 'vae', options: [], status: 'training', pictures: {} }
const row = (epoch: number, loss = epoch): Row => ({ epoch, step: 10 * epoch, speed: 1, complete: true, values: { loss } })
const rows = (count: number) => Array.from({ length: count }, (_, i) => row(i + 1))
const news = (keep: number, rows: readonly Row[], drawn: News['drawn'] = { keep: 0, steps: [] }): News => (
  { ...FACTS, run: 0, keep, rows, drawn })
const series = (steps: readonly number[], values: Series['values']): Series => ({ steps, values })

test('after 10,000 epochs an update adds one point to a curve of at most 800', () => {
  const live = new Live(0, FACTS)
  live.take(news(0, rows(10_000)))
  const add = vi.spyOn(Curve.prototype, 'add')
  try {
    for (let epoch = 10_001; epoch <= 10_100; epoch++) {
      live.take(news(epoch - 1, [row(epoch)]))
      const { steps, values } = live.series.value
      expect(steps.length).toBeLessThanOrEqual(800)
      expect(steps.at(-1)).toBe(10 * epoch)
      expect(values['loss']).toHaveLength(steps.length)
    }
    expect(add).toHaveBeenCalledTimes(100)
  } finally {
    add.mockRestore()
  }
})

test('rows that hold no more are drawn no more', () => {
  const live = new Live(0, FACTS)
  live.take(news(0, [row(1), row(2), row(3)]))
  live.take(news(1, [row(2, 7)]))
  expect(live.series.value).toEqual(series([10, 20], { loss: [1, 7] }))
  expect(live.last.value).toEqual(row(2, 7))
  live.take(news(0, []))
  expect(live.series.value.steps).toEqual([])
  expect(live.last.value).toBeNull()
})

test('where there are figures of steps, those of epochs are drawn of test images alone', () => {
  const live = new Live(0, FACTS)
  live.take(news(0, [{ ...row(1, 9), complete: null, step: 5 }, { ...row(1, 8), complete: null }, { ...row(1), values: {
    loss: 8.5, 'test.loss': 7 } }]))
  expect(live.series.value).toEqual(series([5, 10, 10], { loss: [9, 8, null], 'test.loss': [null, null, 7] }))
  live.take(news(3, [{ ...row(2, 6), complete: null, step: 15 }]))
  expect([live.epoch.value!.epoch, live.last.value!.step]).toEqual([1, 15])
})

test('pictures of epochs and of steps within them have one order, up to the newest; what is gone is known no more', () => {
  const live = new Live(0, FACTS)
  live.take(news(0, [row(1), { ...row(2), complete: null, step: 15 }, row(2), row(3)], { keep: 0, steps: [5, 10, 15, 25] }))
  const when = (newest: { epoch: number } | { step: number }) =>
    live.momentsTo({ ...newest, mark: 1 }).map(({ step, moment }) => ('epoch' in moment ? `epoch ${moment.epoch}` : step))
  expect(when({ epoch: 2 })).toEqual(['epoch 0', 5, 'epoch 1', 15, 'epoch 2'])
  expect(when({ step: 25 })).toEqual(['epoch 0', 5, 'epoch 1', 15, 'epoch 2', 25])
  live.take(news(4, [], { keep: 1, steps: [26] }))
  expect(when({ epoch: 3 })).toEqual(['epoch 0', 5, 'epoch 1', 'epoch 2', 26, 'epoch 3'])
  const moments = live.momentsTo({ epoch: 3, mark: 1 }).slice(1)
  expect([29, 26, 0].map((step) => momentBy(moments, step)!.step)).toEqual([26, 26, 5])
})

test('one figure of several runs, by all of their steps', () => {
  const [a, b] = [series([1, 3], { loss: [5, 4], kl: [1, 2] }), series([2, 3], { loss: [null, 9] })]
  expect(beside([a, b], 'loss')).toEqual(series([1, 2, 3], { 0: [5, null, 4], 1: [null, null, 9] }))
  expect(beside([a, b], 'kl')).toEqual(series([1, 2, 3], { 0: [1, null, 2], 1: [null, null, null] }))
  const gan = series([1], { discriminator: [1], 'test.loss': [1] })
  expect(metricsOf([a, gan])).toEqual(['test.loss', 'loss', 'kl', 'discriminator'])
})

test('what differs, what a run lacks too, and nothing else; of one run all', () => {
  const [a, b] = [{ options: [['latent', '2'], ['seed', '1']] }, { options: [['seed', '1'], ['rate', '3']] }] as const
  expect(differences([a, b])).toEqual([
    { option: 'latent', values: ['2', undefined] }, { option: 'rate', values: [undefined, '3'] },
  ])
  expect(differences([a, a])).toEqual([])
  expect(differences([a])).toEqual([{ option: 'latent', values: ['2'] }, { option: 'seed', values: ['1'] }])
})
