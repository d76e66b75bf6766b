// The exported page, opened from a disk: what it draws is what `sample` draws, of each class too; it fetches nothing, keys are
// enough for it, and axe finds no fault.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exportModel } from '../../src/export/index.ts'
import { createRuntime } from '../../src/runtime/create_runtime.ts'
import { vae } from '../../src/models/vae.ts'
import { Model } from '../../src/train/model.ts'
import { conditional } from '../export/conditional.ts'
import { absent } from './lib/browsers.ts'
import { axe, type Opened, openPage, pixels, sampled } from './lib/exported_page.ts'

const folder = mkdtempSync(join(tmpdir(), 'ganglion-page-'))
afterAll(() => rmSync(folder, { recursive: true }))

const runtime = await createRuntime()
const model = await Model.create(runtime, vae({ hidden: 40, latent: 6 }), { seed: 12 })
const classed = await Model.create(runtime, conditional(3, [5, 4, 3]), { seed: 12 })

async function fileOf(of: Model, name: string, classNames?: readonly string[]): Promise<string> {
  const file = join(folder, `${name}.html`)
  const [page] = (await exportModel(of, 'html', classNames ? { classNames } : {})).values()
  writeFileSync(file, page!)
  return file
}

describe.each(['chromium', 'firefox'] as const)('in %s', (name) => {
  const missing = absent[name]
  /** Tests of a page that is opened once for them. */
  const opened = (what: string, file: () => Promise<string>, tests: (test: (what: string, run: (at: Opened) => Promise<void>) =>
  void) => void) => describe(what, () => {
    let at: Opened
    beforeAll(async () => {
      if (!missing) at = await openPage(name, await file())
    })
    afterAll(() => at?.browser.close())
    tests((what, run) => test(what, async ({ skip }) => {
      if (missing) skip(`not run here: ${missing}`)
      await run(at)
    }))
  })
  const status = ({ page }: Opened) => page.$eval('#status', ({ textContent }) => textContent)

  opened('the page of a vae', () => fileOf(model, 'vae'), (there) => {
    there('draws what sample draws, from the seed of the run and from others', async (at) => {
      const { page } = at
      expect(await pixels(page, '#pictures canvas')).toBe(sampled(model, { seed: 12 }))
      await page.focus('#seed')
      for (let i = 0; i < 2; i++) await page.keyboard.press('Backspace')
      await page.keyboard.type('9007199254740991')
      await page.keyboard.press('Enter')
      expect(await pixels(page, '#pictures canvas')).toBe(sampled(model, { seed: 2 ** 53 - 1 }))
      expect(await status(at)).toBe('36 pictures from seed 9007199254740991')
    })
    there('keys choose a picture, change it, walk, and reset', async ({ page }) => {
      await page.focus('#picture-0')
      await page.keyboard.press('ArrowRight')
      expect(await page.$eval('#picture-1', (input) => (input as HTMLInputElement).checked)).toBe(true)
      const chosen = await pixels(page, '#large')
      expect(chosen).toBe(await pixels(page, '.picture:nth-of-type(2) canvas'))
      await page.focus('#directions input')
      await page.keyboard.press('ArrowRight')
      const changed = await pixels(page, '#large')
      expect(changed).not.toBe(chosen)
      await page.focus('#reset')
      await page.keyboard.press('Enter')
      expect(await pixels(page, '#large')).toBe(chosen)
      await page.focus('#way')
      await page.keyboard.press('End')
      const to = await page.$eval('#to', (select) => Number((select as HTMLSelectElement).value))
      expect(await pixels(page, '#large')).toBe(await pixels(page, `.picture:nth-of-type(${to + 1}) canvas`))
    })
    there('has no buttons for classes, fetches nothing, and breaks no policy of its own', async ({ page, requests, faults }) => {
      expect(await page.$$eval('#classes input', ({ length }) => length)).toBe(0)
      expect(await page.$eval('#classes', (fieldset) => (fieldset as HTMLElement).offsetHeight)).toBe(0)
      expect(requests.filter((url) => !url.startsWith('file:'))).toEqual([])
      expect(faults).toEqual([])
      const ran = await page.evaluate(() => {
        const script = document.createElement('script')
        script.textContent = 'document.title = "not allowed"'
        document.body.append(script)
        return document.title
      })
      expect(ran).toBe('Pictures by the vae')
    })
    if (name === 'chromium') there('axe finds no fault, in light and in dark', ({ page }) => withoutFault(page))
  })

  opened('the page of a model with classes', () => fileOf(classed, 'classes', ['cat', 'a <b> & c', 'owl']), (there) => {
    const drawn = ({ page }: Opened) => pixels(page, '#pictures canvas')
    there('draws each class in turn, or the one that is chosen', async (at) => {
      const { page } = at
      const labels = await page.$$eval('.class', (all) => all.map(({ textContent }) => textContent))
      expect(labels).toEqual(['All', 'cat', 'a <b> & c', 'owl'])
      expect(await drawn(at)).toBe(sampled(classed, { seed: 12 }))
      await page.click('.class:nth-of-type(3)')
      expect(await drawn(at)).toBe(sampled(classed, { seed: 12, label: 1 }))
      expect(await status(at)).toBe('36 pictures of a <b> & c from seed 12')
      await page.keyboard.press('ArrowRight')
      expect(await drawn(at)).toBe(sampled(classed, { seed: 12, label: 2 }))
      await page.click('#next')
      expect(await drawn(at)).toBe(sampled(classed, { seed: 13, label: 2 }))
      await page.click('.class:nth-of-type(1)')
      expect(await drawn(at)).toBe(sampled(classed, { seed: 13 }))
    })
    there('a chosen picture keeps its class, changed or on its way', async ({ page }) => {
      await page.click('.picture:nth-of-type(5)')
      expect(await pixels(page, '#large')).toBe(await pixels(page, '.picture:nth-of-type(5) canvas'))
      expect(await page.$eval('.picture:nth-of-type(5)', ({ textContent }) => textContent)).toBe('Picture 5, a <b> & c')
      expect(await pixels(page, '#strip canvas:first-child')).toBe(await pixels(page, '#large'))
    })
    there('fetches nothing', ({ requests, faults }) => {
      expect([requests.filter((url) => !url.startsWith('file:')), faults]).toEqual([[], []])
      return Promise.resolve()
    })
    if (name === 'chromium') there('axe finds no fault, in light and in dark', ({ page }) => withoutFault(page))
  })
})

async function withoutFault(page: Opened['page']): Promise<void> {
  for (const [faults, passes] of await axe(page)) {
    expect(faults).toEqual([])
    expect(passes).toBeGreaterThan(20)
  }
}
