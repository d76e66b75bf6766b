// The views beside the first one, in Chromium.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BenchReport } from 'ganglion/bench'
import type { VerifyReport } from 'ganglion/verify'
import type { Page } from 'puppeteer-core'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { button, steps } from './lib/chromium.ts'
import { pages, wanted } from './lib/page.ts'

const all = pages()
beforeEach(wanted)

/** Of all of verify, and of a quick bench. */
const PATIENCE = 180_000

const picture = (page: Page, where: string) =>
  page.$eval(`${where} .tiles`, (canvas) => (canvas as HTMLCanvasElement).toDataURL())
const changed = (page: Page, where: string, before: string) => page.waitForFunction((selector, old) =>
  document.querySelector<HTMLCanvasElement>(`${selector} .tiles`)!.toDataURL() !== old, {}, where, before)
/** What a click downloads: its name and bytes. */
async function downloaded(page: Page, click: () => Promise<unknown>): Promise<{ path: string, bytes: Uint8Array<ArrayBuffer> }> {
  const folder = mkdtempSync(join(tmpdir(), 'ganglion-web-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const session = await page.createCDPSession()
  const place = { behavior: 'allow', downloadPath: folder, browserContextId: page.browserContext().id! } as const
  await session.send('Browser.setDownloadBehavior', place)
  await click()
  const files = () => readdirSync(folder).filter((file) => !file.endsWith('.crdownload'))
  await expect.poll(files, { timeout: 40_000 }).toHaveLength(1)
  const path = join(folder, files()[0]!)
  return { path, bytes: new Uint8Array(readFileSync(path)) }
}
const paused = async (hash: string) => {
  const { page, said } = await all.at(hash)
  await steps(page, 20)
  await button(page, 'Pause').click()
  await page.waitForSelector('[data-status="paused"]')
  return { page, said }
}

describe('look inside', () => {
  test('pointing at the map, dragging, arrow keys, a class, a slider: each decodes another code', async () => {
    const { page, said } = await paused('#view=inside&batch=64')
    await page.waitForSelector('.map')
    // Until all is there the map moves down the page, away from a pointer that was sent to it.
    for (const place of ['.one', '.walk']) await page.waitForSelector(`${place} .tiles[data-ready="true"]`)
    const map = (await page.$('.map'))!
    await map.scrollIntoView()
    let before = await picture(page, '.one')
    for (const act of [
      async () => {
        const { x, y, width } = (await map.boundingBox())!
        await page.mouse.move(x + 0.3 * width, y + 0.2 * width)
      },
      async () => {
        const { x, y, width } = (await map.boundingBox())!
        await page.mouse.down()
        await page.mouse.move(x + 0.6 * width, y + 0.7 * width, { steps: 5 })
        await page.mouse.up()
      },
      async () => {
        await page.focus('.map')
        for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowLeft')
      },
      () => button(page, 'The middle of class 1').click(),
      // All of them: of a model that has hardly trained, one alone may show in no pixel.
      () => page.$$eval('.sliders input', (sliders) => sliders.forEach((slider) => {
        if (!(slider instanceof HTMLInputElement)) return
        slider.value = slider.max
        slider.dispatchEvent(new Event('input', { bubbles: true }))
      })), () => button(page, 'From noise').click(),
    ]) {
      await act()
      await changed(page, '.one', before)
      before = await picture(page, '.one')
    }
    const walk = await picture(page, '.walk')
    await page.select('.ends select', '0')
    await changed(page, '.walk', walk)
    expect(said).toEqual([])
  })

  test('a view that is left says nothing, though Preact ends its effects a frame later than it lets go of its refs', async () => {
    const { page, said } = await paused('#view=inside&batch=64')
    const show = (place: number, selector: string) => page.evaluate((place) => {
      // The next frame lays out what has gone, and all else anew.
      document.querySelector<HTMLElement>(`nav button:nth-child(${place})`)!.click()
      document.body.classList.toggle('pair')
    }, place).then(() => page.waitForSelector(selector))
    for (let i = 0; i < 4; i++) {
      await show(3, '.map')
      // The map and the curves have been drawn.
      await page.evaluate(() => new Promise((done) => setTimeout(done, 100)))
      await show(1, '.samples .tiles')
      await page.evaluate(() => new Promise((done) => setTimeout(done, 100)))
    }
    expect(said).toEqual([])
  })

  test('a GAN has no map, and codes all the same', async () => {
    const { page, said } = await all.at('#view=inside&model=gan&batch=8')
    await page.waitForSelector('.one .tiles[data-ready="true"]')
    await page.waitForSelector('.walk .tiles[data-ready="true"]')
    expect(await page.$('.map')).toBeNull()
    expect(await page.$$eval('.sliders input', (all) => all.length)).toBe(24)
    expect(said).toEqual([])
  })
})

describe('the model', () => {
  test('its layers with shapes and parameters; the time of each after measuring; gradients as it trains', async () => {
    const { page, said } = await all.at('#view=model&batch=8')
    await page.waitForSelector('[data-parameters="652824"]')
    const layers = () => page.$$eval('.diagram li', (all) => all.map((each) => each.textContent!))
    expect(await layers()).toEqual(expect.arrayContaining([expect.stringMatching(/^dense.*400.*314,000 parameters/)]))
    expect((await layers()).join()).not.toContain(' ms')
    await page.waitForFunction(() => document.querySelectorAll('.norms li').length === 5)
    await button(page, 'Measure a step').click()
    await page.waitForSelector('.flame .level4', { timeout: 40_000 })
    expect((await layers())[1]).toMatch(/ ms$/)
    const wider = await page.$$eval('.flame .bar', (bars) => bars.filter((bar) => {
      const [own, around, all] = [bar, bar.parentElement!, bar.closest('.flame')!].map((each) => each.getBoundingClientRect())
      return own!.width > around!.width + 0.5 || own!.right > all!.right + 0.5
    }).map((bar) => bar.textContent))
    expect(wider).toEqual([])
    expect(await page.$('[data-status="paused"]')).not.toBeNull()
    expect(said).toEqual([])
  })

  test('a GAN: what its discriminator believes, over time and now', async () => {
    const { page, said } = await all.at('#view=inside&model=gan&batch=8&hidden=32&discriminatorHidden=32')
    await page.waitForFunction(() => document.querySelectorAll('.beliefs .histogram rect').length === 48)
    await page.waitForFunction(() => document.querySelectorAll('.beliefs tbody tr').length > 1)
    expect(said).toEqual([])
  })

  test('a VAE: which numbers of its code are used', async () => {
    const { page, said } = await all.at('#view=inside&latent=12&batch=32')
    await page.waitForSelector('[data-used]')
    expect(await page.$eval('[data-used]', (element) => element.textContent)).toMatch(/^In use: \d+ of 12\./)
    expect(await page.$$('.numbers-of tbody tr')).toHaveLength(12)
    expect(said).toEqual([])
  })
})

describe('take away', () => {
  test.each([
    ['wasm', /^vae-generator\.wasm$/, [0, 0x61, 0x73, 0x6d]], ['onnx', /^vae-generator\.onnx$/, [8]],
    ['html', /^vae-.*\.html$/, [...Buffer.from('<!doctype html>')]], ['png', /^vae-step-\d+\.png$/, [0x89, 0x50, 0x4e, 0x47]],
  ])('%s', async (format, name, begins) => {
    const { page, said } = await paused('#view=take&batch=8')
    const { path, bytes } = await downloaded(page, () => page.locator(`[data-format="${format}"]`).click())
    expect(basename(path)).toMatch(name)
    expect([...bytes.subarray(0, begins.length)]).toEqual(begins)
    if (format === 'html') {
      await page.goto(pathToFileURL(path).href)
      await page.waitForSelector('html[data-ready]')
      const large = () => page.$eval('#large', (canvas) => (canvas as HTMLCanvasElement).toDataURL())
      const before = await large()
      await page.$eval('#directions input', (input) => {
        const slider = input as HTMLInputElement
        slider.value = slider.max
        slider.dispatchEvent(new Event('input', { bubbles: true }))
      })
      expect(await large()).not.toBe(before)
    }
    if (format === 'wasm') {
      const { instance } = await WebAssembly.instantiate(bytes)
      expect(Object.keys(instance.exports)).toEqual(expect.arrayContaining(['memory', 'generate', 'decode']))
    }
    expect(said).toEqual([])
  })
})

test('verify: every digest is as expected, training stands still meanwhile, and the report is JSON', async () => {
  const { page, said } = await all.at('#view=verify&batch=8')
  await steps(page, 2)
  await button(page, 'Verify this browser').click()
  await page.waitForSelector('[data-status="paused"]')
  await page.waitForFunction(() => document.querySelectorAll('.recipes .good').length >= 10)
  await button(page, 'Stop').click()
  await button(page, 'Verify this browser').click()
  await page.waitForSelector('[data-verdict="same"]', { timeout: PATIENCE })
  const { bytes } = await downloaded(page, () => button(page, 'Report as JSON').click())
  const { ok, results } = JSON.parse(new TextDecoder().decode(bytes)) as VerifyReport
  expect([ok, results.every((each) => each.ok)]).toEqual([true, true])
  expect(await page.$$('.recipes .good')).toHaveLength(results.length)
  expect(said).toEqual([])
}, 2 * PATIENCE)

test('bench: says what it measures, can be stopped, and has each result beside its golden digest, as JSON too', async () => {
  const { page, said } = await all.at('#view=bench&batch=8')
  await steps(page, 2)
  await button(page, 'Quick: ten seconds').click()
  await page.waitForFunction(() => /window \d/.test(document.querySelector('.card .note')?.textContent ?? ''))
  await button(page, 'Stop').click()
  await button(page, 'Quick: ten seconds').click()
  await page.waitForSelector('.view table', { timeout: PATIENCE })
  const { bytes } = await downloaded(page, () => button(page, 'Report as JSON').click())
  const { models, kernels } = JSON.parse(new TextDecoder().decode(bytes)) as BenchReport
  expect([models.length > 0, kernels.length > 0]).toEqual([true, true])
  expect([...models, ...kernels].filter(({ result }) => result === 'different')).toEqual([])
  expect(await page.$$eval('.view > .card:nth-of-type(2) tbody td:last-child', (cells) => cells.map((cell) => cell.textContent)))
    .toEqual(models.map(({ result }) => (result === 'unknown' ? '–' : result)))
  expect(said).toEqual([])
}, 2 * PATIENCE)
