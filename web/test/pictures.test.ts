// Pictures of one's own, in Chromium: folders as classes, broken files, what is drawn; on the same files the digest of Node.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRuntime, Model, vae } from 'ganglion'
import { encodePng, loadDataset } from 'ganglion/node'
import type { ElementHandle, Page } from 'puppeteer-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { button, chromium, open, steps } from './lib/chromium.ts'
import { pages, wanted } from './lib/page.ts'

const all = pages()
beforeEach(wanted)

const EACH = 20
const SIDE = 40
let folder: string

/** Pictures of two classes in colours of their own, one that is cut off, one that is none, and one of another kind. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ganglion-pictures-'))
  for (const [at, name] of ['cats', 'dogs'].entries()) {
    mkdirSync(join(folder, name))
    for (let i = 0; i < EACH; i++) {
      const pixels = Uint8Array.from({ length: SIDE * SIDE * 4 }, (_, k) => (k % 4 === 3 ? 255 : (k * (3 + at) + 17 * i) % 256))
      writeFileSync(join(folder, name, `${i}.png`), encodePng({ width: SIDE, height: SIDE, channels: 4, pixels }))
    }
  }
  const whole = encodePng({ width: SIDE, height: SIDE, channels: 4, pixels: new Uint8Array(SIDE * SIDE * 4).fill(9) })
  writeFileSync(join(folder, 'cats', 'cut.png'), whole.subarray(0, whole.length / 2))
  writeFileSync(join(folder, 'dogs', 'none.jpg'), 'no picture')
  writeFileSync(join(folder, 'dogs', 'moving.gif'), 'GIF89a')
})
afterAll(() => rmSync(folder, { recursive: true }))

// Everything begins when the page trains: before, it is loaded anew once, to be isolated.
const choose = async (page: Page, kind: string, path: string) =>
  (await page.waitForSelector(`[data-files="${kind}"]`) as ElementHandle<HTMLInputElement>).uploadFile(path)
const leftOut = (page: Page, kind: string) =>
  page.$$eval(`[data-left-out="${kind}"] li`, (items) => items.map((item) => item.textContent!))

test('a folder: classes, what is broken by name, and the digest that Node reaches on the same folder', async () => {
  const { page, said } = await all.at('#view=data&model=vae&batch=16&latent=4&seed=3&steps=20')
  await steps(page, 1)
  await choose(page, 'folder', folder)
  await page.waitForSelector(`[data-made="${2 * EACH}"]`)
  expect(await page.$eval('[data-made]', (element) => element.textContent)).toContain('cats, dogs')
  const broken = await leftOut(page, 'broken')
  expect(broken).toHaveLength(2)
  expect(broken[0]).toContain('cats/cut.png')
  expect(broken[1]).toContain('dogs/none.jpg')
  expect((await leftOut(page, 'skipped'))[0]).toContain('moving.gif')

  await page.locator('[data-train]').click()
  const shown = await page.waitForSelector('[data-digest="reached"]')
  const digest = await shown!.evaluate((element) => (element as HTMLElement).dataset['value'])
  expect(await page.evaluate(() => location.hash)).toMatch(/data=own-[0-9a-f]{16}/)
  const data = await loadDataset(folder, { size: 28, channels: 1, fit: 'cover', skipBroken: true })
  const model = await Model.create(await createRuntime(), vae({ latent: 4, learningRate: 0.001 }), { seed: 3 })
  for await (const { step } of model.train(data, { batchSize: 16, steps: 20, epochs: 20 })) expect(step).toBeLessThanOrEqual(20)
  expect(digest).toBe(await model.digest())

  await page.locator('nav button:nth-child(3)').click()
  await button(page, 'The middle of class dogs').click()
  expect(await page.$$('.classes button')).toHaveLength(2)
  expect(said).toEqual([])
})

/** Files and folders of the disk, held over the middle of what a selector finds and let go there. */
async function drop(page: Page, selector: string, ...files: string[]): Promise<void> {
  const { x, y, width, height } = (await (await page.waitForSelector(selector))!.boundingBox())!
  const session = await page.createCDPSession()
  const data = { items: [], files, dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x: x + width / 2, y: y + height / 2, data })
  }
}
const made = (page: Page) => page.$eval('[data-made]', (element) => element.textContent!)

test('by drop: a folder is its classes, and gives the digest that choosing it gives', async () => {
  const settings = 'model=vae&batch=16&latent=4&seed=3&steps=20'
  const { page, said } = await all.at(`#view=data&${settings}`)
  await steps(page, 1)
  await drop(page, '[data-drop]', folder)
  await page.waitForSelector(`[data-made="${2 * EACH}"]`)
  expect(await made(page)).toContain('cats, dogs')
  expect((await leftOut(page, 'broken')).map((why) => /cats\/cut\.png|dogs\/none\.jpg/.exec(why)?.[0]))
    .toEqual(['cats/cut.png', 'dogs/none.jpg'])
  await page.locator('[data-train]').click()
  const reached = await (await page.waitForSelector('[data-digest="reached"]'))!
    .evaluate((element) => (element as HTMLElement).dataset['value'])
  const address = await page.evaluate(() => location.hash)

  const { page: other } = await all.at(`#view=data&${settings}`)
  await steps(other, 1)
  await choose(other, 'folder', folder)
  await other.locator('[data-train]').click()
  const shown = await other.waitForSelector('[data-digest="reached"]')
  expect(await shown!.evaluate((element) => (element as HTMLElement).dataset['value'])).toBe(reached)
  expect(await other.evaluate(() => location.hash)).toBe(address)
  expect(said).toEqual([])
})

test('by drop: two folders are two classes, single files have none, and what is no picture is told', async () => {
  const { page, said } = await all.at('#view=data&batch=8')
  await steps(page, 1)
  await drop(page, '[data-drop]', join(folder, 'cats'), join(folder, 'dogs'))
  await page.waitForSelector(`[data-made="${2 * EACH}"]`)
  expect(await made(page)).toContain('cats, dogs')
  await button(page, 'Begin anew').click()
  await page.waitForFunction(() => !document.querySelector('[data-made]'))
  await drop(page, '[data-drop]', ...[0, 1, 2].map((i) => join(folder, 'cats', `${i}.png`)))
  await page.waitForSelector('[data-made="3"]')
  expect(await made(page)).not.toContain('Classes')
  await button(page, 'Begin anew').click()
  await page.waitForFunction(() => !document.querySelector('[data-made]'))
  await drop(page, '[data-drop]', join(folder, 'dogs', 'none.jpg'))
  await page.waitForSelector('.made .alert')
  mkdirSync(`${folder}-none`)
  try {
    await drop(page, '[data-drop]', `${folder}-none`)
    await page.waitForFunction(() => /no file/.test(document.querySelector('.made .alert')?.textContent ?? ''))
  } finally {
    rmSync(`${folder}-none`, { recursive: true })
  }
  expect(said).toEqual([])
})

test('by drop anywhere on the page: the run goes on, and the pictures are shown', async () => {
  const { page, said } = await all.at('#batch=8')
  await steps(page, 1)
  await drop(page, '.samples', join(folder, 'dogs', '3.png'))
  await page.waitForSelector('[data-made="1"]')
  expect(await page.$eval('nav [aria-current]', (element) => element.textContent)).toBe('Pictures')
  expect(await page.$('main.over')).toBeNull()
  await steps(page, 5)
  expect(said).toEqual([])
})

test('in colour, at another size, without classes: everything is shown, and training goes on', async () => {
  const { page, said } = await all.at('#view=data&batch=8')
  await steps(page, 1)
  await page.select('.choices select', '32')
  await page.evaluate(() => {
    const colours = document.querySelectorAll<HTMLSelectElement>('.choices select')[1]!
    colours.value = '3'
    colours.dispatchEvent(new Event('change', { bubbles: true }))
  })
  await choose(page, 'files', join(folder, 'cats', '0.png'))
  await choose(page, 'files', join(folder, 'cats', '1.png'))
  await page.waitForSelector('[data-made="2"]')
  await page.locator('[data-train]').click()
  await steps(page, 5)
  await page.locator('nav button:nth-child(3)').click()
  await page.waitForSelector('.walk .tiles[data-ready="true"]')
  expect(await page.$('.classes')).toBeNull()
  expect(said).toEqual([])
})

test('files that are no pictures are refused with a sentence, and the run before goes on', async () => {
  const { page } = await all.at('#view=data&batch=8')
  await steps(page, 1)
  await choose(page, 'files', join(folder, 'dogs', 'none.jpg'))
  await page.waitForSelector('.made .alert')
  expect(await page.$eval('.made .alert', (element) => element.textContent)).toMatch(/no picture that can be read/)
  await steps(page, 5)
})

test('a drawing is a picture of its class', async () => {
  const { page, said } = await all.at('#view=data&batch=8')
  await steps(page, 1)
  const { x, y } = (await (await page.waitForSelector('.drawing'))!.boundingBox())!
  await page.mouse.move(x + 40, y + 40)
  await page.mouse.down()
  await page.mouse.move(x + 200, y + 200, { steps: 5 })
  await page.mouse.up()
  await page.locator('.pad input').fill('lines')
  await button(page, 'Add the drawing').click()
  await page.waitForSelector('[data-made="1"]')
  expect(await page.$eval('[data-made]', (element) => element.textContent)).toContain('lines')
  expect(said).toEqual([])
})

test('an address of pictures that the page does not have says so', async () => {
  const { page } = await all.at('#data=own-0123456789abcdef')
  await page.waitForSelector('.alert')
  expect(await page.$eval('.alert', (element) => element.textContent)).toMatch(/Give them in “Pictures”/)
})

test('the camera: a picture of its class, and off again; where there is none, it says so', async () => {
  const browser = await chromium(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'])
  try {
    const { page, said } = await open(browser, `${all.site.url}#view=data&batch=8`)
    await steps(page, 1)
    await page.locator('[data-camera-on]').click()
    await page.waitForFunction(() => (document.querySelector<HTMLVideoElement>('[data-camera]')?.videoWidth ?? 0) > 0)
    await page.locator('.camera input').fill('me')
    await page.locator('[data-photo]').click()
    await page.waitForSelector('[data-made="1"]')
    expect(await page.$eval('[data-made]', (element) => element.textContent)).toContain('me')
    const track = await page.evaluateHandle(() => (
      (document.querySelector<HTMLVideoElement>('[data-camera]')!.srcObject as MediaStream).getTracks()[0]!))
    await page.locator('nav button:nth-child(1)').click()
    await page.waitForFunction((track) => track.readyState === 'ended', {}, track)
    expect(said).toEqual([])
  } finally {
    await browser.close()
  }
  const { page } = await all.at('#view=data&batch=8')
  await steps(page, 1)
  await page.locator('[data-camera-on]').click()
  await page.waitForSelector('.camera .alert')
  expect(await page.$eval('.camera .alert', (element) => element.textContent)).toMatch(/^There is no camera for this page: /)
})
