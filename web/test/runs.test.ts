// Runs that are kept, named, downloaded, opened again, and compared: to the bit, and where the browser keeps nothing.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { strFromU8, unzipSync, zipSync } from 'fflate'
import { loadRun } from 'ganglion/node'
import type { ElementHandle, Page } from 'puppeteer-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { button, number, steps } from './lib/chromium.ts'
import { digestOf } from './lib/node.ts'
import { pages, wanted } from './lib/page.ts'

const all = pages()
beforeEach(wanted)

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ganglion-runs-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const SETTINGS = 'model=vae&batch=500&latent=3&rate=0.002&seed=5&hidden=30'
const HASH = `#view=runs&${SETTINGS}`
const paused = async (page: Page, least: number) => {
  await steps(page, least)
  await button(page, 'Pause').click()
  await page.waitForSelector('[data-status="paused"]')
}
const digest = async (page: Page): Promise<string> => {
  const shown = await page.waitForSelector('[data-digest="reached"]')
  return shown!.evaluate((element) => (element as HTMLElement).dataset['value']!)
}
const openZip = async (page: Page, path: string) => (
  await page.waitForSelector('[data-open-file]') as ElementHandle<HTMLInputElement>).uploadFile(path)

test('a run is kept, named, found after a reload and in another tab, and goes on to the bit', async () => {
  const { page, said } = await all.at(HASH)
  await paused(page, 3)
  const step = await number(page, 'step')
  await page.locator('[data-keep]').click()
  const kept = await page.waitForSelector('.kept li')
  const wantedDigest = await kept!.evaluate((item) => (item as HTMLElement).dataset['kept']!)
  expect(wantedDigest).toBe(await digestOf(`#${SETTINGS}&steps=${step}`))
  await page.locator('.kept input').fill('my digits')
  await page.keyboard.press('Enter')

  const other = await page.browserContext().newPage()
  await other.goto(`${all.site.url}#view=runs&batch=8`)
  await button(other, 'Open: my digits').wait()
  await other.close()
  await page.goto('about:blank')
  await page.goto(`${all.site.url}#view=runs&batch=8`)
  await steps(page, 1)
  await button(page, 'Open: my digits').click()
  await page.waitForSelector('[data-status="paused"]')
  expect(await number(page, 'step')).toBe(step)
  expect(await digest(page)).toBe(wantedDigest)
  await button(page, 'One step').click()
  await page.waitForFunction((old) => (
    document.querySelector<HTMLElement>('[data-digest="reached"]')!.dataset['value'] !== old), {}, wantedDigest)
  expect(await number(page, 'step')).toBe(step + 1)
  expect(await digest(page)).toBe(await digestOf(`#${SETTINGS}&steps=${step + 1}`))
  expect(said).toEqual([])
})

test('it is downloaded as a run folder, which the command line and the page go on with to the bit', async () => {
  const { page, said } = await all.at(HASH)
  await paused(page, 2)
  const step = await number(page, 'step')
  const session = await page.createCDPSession()
  const place = { behavior: 'allow', downloadPath: folder, browserContextId: page.browserContext().id! } as const
  await session.send('Browser.setDownloadBehavior', place)
  await page.locator('[data-folder]').click()
  const zips = () => readdirSync(folder).filter((file) => file.endsWith('.zip'))
  await expect.poll(zips, { timeout: 30_000 }).toHaveLength(1)
  const files = unzipSync(readFileSync(join(folder, zips()[0]!)))
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), bytes)
  }
  const path = join(folder, dirname(Object.keys(files)[0]!))
  const { digest: saved, model } = await loadRun(path, { state: true })
  expect(await model.digest()).toBe(saved)
  expect(saved).toBe(await digestOf(`#${SETTINGS}&steps=${step}`))

  const name = Object.keys(files).find((each) => each.endsWith('digest.txt'))!
  const broken = join(folder, 'broken.zip')
  writeFileSync(broken, zipSync({ ...files, [name]: new TextEncoder().encode('0'.repeat(64)) }))
  writeFileSync(join(folder, 'none.zip'), 'no zip')
  await openZip(page, join(folder, 'none.zip'))
  await page.waitForSelector('[data-said]')
  await openZip(page, join(folder, zips().find((each) => each.startsWith('vae'))!))
  await page.waitForFunction(() => location.hash.includes('latent=3') && !location.hash.includes('view='))
  expect(await digest(page)).toBe(saved)
  await page.locator('nav button:nth-child(5)').click()
  await openZip(page, broken)
  await page.waitForFunction(() => /not what its digest says/.test(document.querySelector('main > .alert')?.textContent ?? ''))

  // An epoch has ten steps.
  const main = new URL('../../dist/cli/main.js', import.meta.url).pathname
  const root = new URL('../../', import.meta.url).pathname
  const epochs = String(Math.ceil((step + 1) / 10))
  execFileSync(process.execPath, [main, 'train', '--resume', path, '--epochs', epochs, '--quiet'], { cwd: root })
  const end = strFromU8(readFileSync(join(path, 'digest.txt'))).trim()
  expect(end).toBe(await digestOf(`#${SETTINGS}&steps=${10 * Number(epochs)}`))
  expect(said).toEqual([])
})

test.each([
  ['changed images', `${SETTINGS}&augment=flip,shift`, true],
  ['points', 'model=gan&data=ring&batch=500&latent=2&rate=0.002&seed=5&hidden=16&discriminatorHidden=16', false],
])('%s: a run folder of them is opened again, and goes on to the bit', async (_, settings, commands) => {
  const own = mkdtempSync(join(folder, 'own-'))
  const { page, said } = await all.at(`#view=runs&${settings}`)
  await paused(page, 2)
  const step = await number(page, 'step')
  const session = await page.createCDPSession()
  const place = { behavior: 'allow', downloadPath: own, browserContextId: page.browserContext().id! } as const
  await session.send('Browser.setDownloadBehavior', place)
  await page.locator('[data-folder]').click()
  const zips = () => readdirSync(own).filter((file) => file.endsWith('.zip'))
  await expect.poll(zips, { timeout: 30_000 }).toHaveLength(1)

  await page.goto('about:blank')
  await page.goto(`${all.site.url}#view=runs&batch=8`)
  await steps(page, 1)
  await openZip(page, join(own, zips()[0]!))
  await page.waitForSelector('[data-status="paused"]')
  const read = (hash: string) => Object.fromEntries(new URLSearchParams(hash.slice(1)))
  expect(read(await page.evaluate(() => location.hash))).toMatchObject(read(`#${settings}`))
  const before = await digest(page)
  expect(before).toBe(await digestOf(`#${settings}&steps=${step}`))
  await button(page, 'One step').click()
  await page.waitForFunction((old) => (
    document.querySelector<HTMLElement>('[data-digest="reached"]')!.dataset['value'] !== old), {}, before)
  expect(await digest(page)).toBe(await digestOf(`#${settings}&steps=${step + 1}`))
  expect(said).toEqual([])

  if (!commands) return
  const files = unzipSync(readFileSync(join(own, zips()[0]!)))
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(own, name)), { recursive: true })
    writeFileSync(join(own, name), bytes)
  }
  const path = join(own, dirname(Object.keys(files)[0]!))
  const epochs = String(Math.ceil((step + 1) / 10))
  const main = new URL('../../dist/cli/main.js', import.meta.url).pathname
  execFileSync(process.execPath, [main, 'train', '--resume', path, '--epochs', epochs, '--quiet'], {
    cwd: new URL('../../', import.meta.url).pathname,
  })
  const end = strFromU8(readFileSync(join(path, 'digest.txt'))).trim()
  expect(end).toBe(await digestOf(`#${settings}&steps=${10 * Number(epochs)}`))
})

test('without IndexedDB, and without room, it says so and trains on', async () => {
  const { page } = await all.at('404')
  await page.evaluateOnNewDocument(() => Object.defineProperty(globalThis, 'indexedDB', { value: undefined }))
  await page.goto(all.site.url + HASH)
  await page.waitForSelector('[data-trouble="nowhere"]')
  await steps(page, 2)

  const { page: full } = await all.at(HASH)
  await steps(full, 1)
  const session = await full.createCDPSession()
  await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(all.site.url).origin, quotaSize: 1000 })
  await full.locator('[data-keep]').click()
  await full.waitForSelector('[data-trouble="full"]')
  const step = await number(full, 'step')
  await steps(full, step + 2)
})

test('other settings train beside, on the same seed, and are in the address', async () => {
  const { page, said } = await all.at(HASH)
  await steps(page, 1)
  await page.locator('[data-compare]').click()
  await page.waitForSelector('.both')
  await page.select('[data-rival]', 'autoencoder')
  await page.waitForFunction(() => location.hash.includes('rival=model%3Dautoencoder'))
  await page.waitForFunction(() => (
    [...document.querySelectorAll('.both [data-step]')].every((each) => Number(each.textContent) > 1)))
  await button(page, 'Pause').click()
  await page.waitForSelector('[data-status="paused"]')
  await page.goto('about:blank')
  const back = await page.goBack()
  expect(back).not.toBeUndefined()
  await page.waitForSelector('.both .reconstructions')
  expect(said).toEqual([])
})

test('beside each other each ends in the digest of its own settings, on the same seed', async () => {
  const { page, said } = await all.at(`${HASH}&steps=6`)
  await steps(page, 1)
  await page.locator('[data-compare]').click()
  await page.locator('.others input[name="latent"]').fill('2')
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => location.hash.includes('latent%3D2'))
  await page.waitForFunction(() => document.querySelectorAll('.both [data-reached]').length === 2)
  const reached = await page.$$eval('.both [data-reached]', (all) => all.map((each) => (each as HTMLElement).dataset['reached']))
  const one = `#${SETTINGS}&steps=6`
  expect(reached).toEqual([await digestOf(one), await digestOf(one.replace('latent=3', 'latent=2'))])
  expect(said).toEqual([])
})
