// Every model of the package is in the page, with its options, and trains there.
import { modelNames } from 'ganglion/node'
import { beforeEach, describe, expect, test } from 'vitest'
import { facts } from '../plugins/models.ts'
import { optionText, optionValue } from '../src/state/facts.ts'
import { exported } from '../src/workers/kinds.ts'
import { button, steps } from './lib/chromium.ts'
import { pages, wanted } from './lib/page.ts'

const kinds = facts()
/** What an address says besides. */
const TAKEN = ['model', 'data', 'batch', 'latent', 'rate', 'seed', 'steps', 'view', 'digest', 'augment', 'rival']

describe('what the page knows of the models', () => {
  test('all that the command line has', () => {
    expect(kinds.map(({ kind }) => kind).sort()).toEqual([...modelNames].sort())
  })

  test('options: their defaults are taken, what a form lets pass is what a model takes, and no name is the page\'s', () => {
    for (const { kind, options, name, entry } of kinds) {
      const of = exported.find((each) => each.kind.kind === kind)!
      expect([of.name, of.entry]).toEqual([name, entry])
      for (const option of options) {
        expect(TAKEN).not.toContain(option.name)
        expect(optionText(option, option.initial), `${kind} ${option.name}`).toBe(option.initial)
        const { fault } = of.kind.options[option.name]!
        const tried = ['-1', '0', '0.5', '1', '3', '1.5', '', 'x', '1,2', '1,2,3', '0,1,2', 'none', 'gaussian', 'color', 'batch']
        for (const text of tried) {
          const taken = optionText(option, text)
          if (taken === null) continue
          expect(fault(optionValue(option, taken)), `${kind} ${option.name} ${text}`).toBeNull()
        }
      }
    }
    const { options: [filters] } = kinds.find(({ kind }) => kind === 'dcgan')!
    expect(filters).toMatchObject({ name: 'filters', initial: '128,64', length: 2 })
    const [noise] = kinds.find(({ kind }) => kind === 'vae')!.options.filter(({ name }) => name === 'noise')
    expect(noise!.choices).toEqual(['sample', 'batch'])
  })
})

describe('in Chromium', () => {
  const all = pages()
  beforeEach(wanted)

  test('each trains, one after another, without a reload', async () => {
    const { page, said } = await all.at('#batch=2&steps=1000')
    await steps(page, 1)
    for (const { kind } of kinds) {
      await page.evaluate((model) => (location.hash = `#model=${model}&batch=${model === 'sngan' ? 1 : 2}&steps=1000`), kind)
      await page.waitForFunction((model) => (
        document.querySelector<HTMLSelectElement>('.settings select')!.value === model), {}, kind)
      await steps(page, 1)
      await page.waitForSelector('.samples .tiles[data-ready="true"]')
    }
    expect(said).toEqual([])
  })

  test('an option is chosen, in the address, and kept when it is opened', async () => {
    const { page } = await all.at('#model=conv-vae&batch=2&filters=4&hidden=16')
    await steps(page, 1)
    await page.locator('.more summary').click()
    expect(await page.$eval('input[name="filters"]', (input) => (input as HTMLInputElement).value)).toBe('4')
    await page.select('select[name="likelihood"]', 'gaussian')
    await page.waitForFunction(() => location.hash.includes('likelihood=gaussian') && location.hash.includes('filters=4'))
    await page.locator('input[name="beta"]').fill('-3')
    await page.keyboard.press('Enter')
    expect(await page.$eval('input[name="beta"]', (input) => (input as HTMLInputElement).value)).toBe('1')
    await steps(page, 1)
  })

  test('a model of classes: each column is one, and a class is chosen to be drawn', async () => {
    const { page, said } = await all.at('#model=cgan&batch=4&filters=4&latent=8&view=inside')
    await page.waitForSelector('.one .tiles[data-ready="true"]')
    await steps(page, 3)
    await button(page, 'Pause').click()
    await page.waitForSelector('[data-status="paused"]')
    const picture = () => page.$eval('.one .tiles', (canvas) => (canvas as HTMLCanvasElement).toDataURL())
    await new Promise((done) => setTimeout(done, 500))
    const before = await picture()
    await button(page, 'Draw class 7').click()
    await page.waitForFunction((old) => document.querySelector<HTMLCanvasElement>('.one .tiles')!.toDataURL() !== old, {}, before)
    expect(await page.$eval('.classes [aria-pressed="true"]', (element) => element.textContent)).toBe('7')
    await page.locator('nav button').click()
    await page.waitForSelector('.samples .tiles[data-ready="true"]')
    const [width, height] = await page.$eval('.samples .tiles', (canvas) => (
      [(canvas as HTMLCanvasElement).width, (canvas as HTMLCanvasElement).height]))
    expect(width! > height!).toBe(true)
    expect(said).toEqual([])
  })
})
