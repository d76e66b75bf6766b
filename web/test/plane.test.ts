// GANs on points of a plane, in Chromium: the field, the digest, slow motion, one side alone. And the points themselves, in Node.
import { createHash } from 'node:crypto'
import type { Page } from 'puppeteer-core'
import { beforeEach, describe, expect, test } from 'vitest'
import { createRuntime, gan } from 'ganglion'
import { CELLS, FieldProbe, MADE } from '../src/lab/field.ts'
import { open } from '../src/lab/graph.ts'
import { pointsOf } from '../src/state/points.ts'
import { findings } from './lib/axe.ts'
import { button, number, steps } from './lib/chromium.ts'
import { digestOf } from './lib/node.ts'
import { pages, wanted } from './lib/page.ts'

describe('points', () => {
  test.each([
    ['ring', 8, '10d3695a1856e6ee'], ['grid', 9, '9081f7043071eb4e'],
    ['spiral', 2, '41ad517de6f0790a'], ['line', 2, '5b3401efdc4d26ce'],
  ])('%s: %i classes, within the plane, the same bytes for ever, the first of more', (name, classes, sha) => {
    const { images, labels, classes: found } = pointsOf(name, 600)
    expect(found).toBe(classes)
    expect(new Set(labels).size).toBe(classes)
    expect(images.every((x) => Math.abs(x) < 1)).toBe(true)
    expect(pointsOf(name, 900).images.subarray(0, 1200)).toEqual(images)
    expect(createHash('sha256').update(new Uint8Array(images.buffer)).digest('hex').slice(0, 16)).toBe(sha)
  })

  test('of a ring each class is about one of eight places', () => {
    const { images, labels } = pointsOf('ring', 4000)
    for (let label = 0; label < 8; label++) {
      const own = [...labels.keys()].filter((i) => labels[i] === label)
      const mean = [0, 1].map((axis) => own.reduce((sum, i) => sum + images[2 * i + axis]!, 0) / own.length)
      expect(Math.hypot(mean[0]! - 0.7 * Math.cos(label * Math.PI / 4), mean[1]! - 0.7 * Math.sin(label * Math.PI / 4)))
        .toBeLessThan(0.01)
    }
  })
})

test('the slope of a score is what the score rises by', async () => {
  const runtime = await createRuntime()
  const of = await open(runtime, gan({ imageShape: [1, 1, 2], latent: 2, hidden: 16, discriminatorHidden: 16 }), 2)
  const { scores, made, judged, slopes } = new FieldProbe(of).run(3)
  expect([scores.length, made.length, judged.length, slopes.length]).toEqual([CELLS * CELLS, 2 * MADE, MADE, 2 * MADE])
  expect(new Set(scores).size).toBeGreaterThan(CELLS)
  // A score near a point, by its neighbours of the grid: its slope there, and not its sign turned.
  const at = (x: number, y: number) => scores[Math.floor((1 - y) / 2 * CELLS) * CELLS + Math.floor((x + 1) / 2 * CELLS)]!
  let same = 0
  for (let i = 0; i < MADE; i++) {
    const [x, y] = [made[2 * i]!, made[2 * i + 1]!]
    const rise = [at(x + 0.1, y) - at(x - 0.1, y), at(x, y + 0.1) - at(x, y - 0.1)]
    same += rise[0]! * slopes[2 * i]! + rise[1]! * slopes[2 * i + 1]! > 0 ? 1 : 0
  }
  expect(same).toBeGreaterThan(0.9 * MADE)
})

describe('in Chromium', () => {
  const all = pages()
  beforeEach(wanted)
  const picture = (page: Page) => page.$eval('.plane .plot', (canvas) => (canvas as HTMLCanvasElement).toDataURL())
  const values = (page: Page) => page.$eval('[data-digest="reached"]', (element) => (element as HTMLElement).dataset['value']!)

  test('a GAN: points, field and slopes move; the address ends in the digest of Node', async () => {
    const hash = '#model=gan&data=ring&batch=32&latent=2&rate=0.001&seed=5&steps=40&hidden=32&discriminatorHidden=32'
    const { page, said } = await all.at(hash)
    await page.waitForSelector('.plane [data-field="true"]')
    const before = await picture(page)
    await page.waitForFunction((old) => document.querySelector<HTMLCanvasElement>('.plot')!.toDataURL() !== old, {}, before)
    await page.waitForSelector('[data-digest="reached"]')
    expect(await values(page)).toBe(await digestOf(hash))
    expect(said).toEqual([])
  })

  test.each(['vae', 'autoencoder', 'cgan'])('%s: points are made, and every view has something to show', async (model) => {
    const { page, said } = await all.at(`#model=${model}&data=spiral&batch=32${model === 'cgan' ? '&filters=4' : ''}`)
    await steps(page, 3)
    await page.waitForSelector('.plane [data-ready="true"]')
    await page.locator('nav button:nth-child(3)').click()
    await page.waitForSelector('.one .tiles[data-ready="true"]')
    await page.waitForSelector('.walk .tiles[data-ready="true"]')
    expect(said).toEqual([])
  })

  test('another set is chosen: a new run with widths for points, and back', async () => {
    const { page } = await all.at('#model=gan&batch=8')
    await steps(page, 1)
    await page.select('[data-data]', 'grid')
    await page.waitForFunction(() => location.hash.includes('data=grid') && location.hash.includes('hidden=64'))
    await page.waitForSelector('.plane [data-field="true"]')
    await page.select('[data-data]', 'mnist')
    await page.waitForFunction(() => location.hash.includes('data=mnist') && location.hash.includes('hidden=1024'))
    await page.waitForSelector('.samples .tiles[data-ready="true"]')
  })

  test('slow motion: a step a second, in its parts, to the same bits; pause ends it at once', async () => {
    const hash = '#model=gan&data=line&batch=16&latent=2&rate=0.001&steps=3&hidden=16&discriminatorHidden=16'
    const { page, said } = await all.at(`${hash.replace('steps=3', 'steps=1000000')}`)
    await steps(page, 1)
    await button(page, 'Slow motion').click()
    await page.waitForSelector('.steps [aria-current="step"]')
    await page.$eval('.steps', (list) => {
      const seen = new Set<string>()
      new MutationObserver(() => seen.add((list as HTMLElement).dataset['part']!)).observe(list, { attributes: true })
      Object.assign(globalThis, { seen })
    })
    await steps(page, await number(page, 'step') + 2)
    const parts = await page.evaluate(() => [...(globalThis as unknown as { seen: Set<string> }).seen].sort())
    expect(parts).toEqual(['judge', 'noise', 'slopes', 'updateDiscriminator', 'updateGenerator'])
    await button(page, 'Pause').click()
    await page.waitForSelector('[data-status="paused"]')
    const step = await number(page, 'step')
    expect(await values(page)).toBe(await digestOf(hash.replace('steps=3', `steps=${step}`)))
    expect(said).toEqual([])
  })

  test('only one side trains: the other stands still, the page promises no digest of it, and both go on', async () => {
    const { page, said } = await all.at('#model=gan&data=ring&batch=16&steps=1000000&hidden=16&discriminatorHidden=16')
    await steps(page, 2)
    await page.waitForSelector('.plane [data-field="true"]')
    await page.select('.sides', 'discriminator')
    await page.waitForFunction(() => document.querySelector<HTMLSelectElement>('.sides')!.value === 'discriminator')
    await page.waitForSelector('[data-touched]')
    expect(await page.$('[data-share]')).toBeNull()
    await button(page, 'Pause').click()
    await page.waitForSelector('[data-status="paused"]')
    await page.select('.sides', 'both')
    await button(page, 'Run').click()
    const step = await number(page, 'step')
    await steps(page, step + 2)
    expect(await page.$('[data-share]')).toBeNull()

    // Kept and opened again, it promises nothing either.
    await page.locator('nav button:nth-child(5)').click()
    await page.locator('[data-keep]').click()
    await page.waitForSelector('.kept li')
    await page.goto('about:blank')
    await page.goto(`${all.site.url}#view=runs&batch=8`)
    await steps(page, 1)
    await page.locator('.kept button').click()
    await page.waitForSelector('[data-touched]')
    expect(await page.$('[data-share]')).toBeNull()
    expect(said).toEqual([])
  })

  test.each([['en', 'light'], ['zh', 'dark']])('axe finds nothing in slow motion: %s, %s', async (language, theme) => {
    const { page, said } = await all.at('#model=gan&data=grid&batch=16&steps=1000000', 360, 800)
    await page.evaluate((language, theme) => {
      localStorage.setItem('language', language)
      localStorage.setItem('theme', theme)
    }, language, theme)
    await page.reload()
    await steps(page, 1)
    await page.locator('[data-slow]').click()
    await page.waitForSelector('.steps [aria-current="step"]')
    await page.waitForSelector('.plane [data-field="true"]')
    expect(await findings(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
    expect(said).toEqual([])
  })
})
