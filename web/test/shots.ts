// Pictures of every view at three widths, for people to look at: `npm --prefix web run shots` writes them into web/shots.
import { mkdirSync } from 'node:fs'
import { beforeAll, beforeEach, describe, test } from 'vitest'
import { open, steps } from './lib/chromium.ts'
import { pages, wanted } from './lib/page.ts'
import { folder, started, train } from './lib/watch.ts'

const all = pages()
beforeEach(wanted)

const SHOTS = new URL('../shots/', import.meta.url).pathname
const WIDTHS = [360, 1440, 2560]
const views = ['train', 'data', 'inside', 'model', 'runs', 'take', 'verify', 'bench', 'lend']
const others = [
  ['dark', 1440, '', { theme: 'dark' }], ['dark-inside', 1440, '#view=inside', { theme: 'dark' }],
  ['chinese', 1440, '', { language: 'zh' }], ['gan', 1440, '#model=gan', {}],
  ['cvae', 1440, '#model=cvae&batch=16', {}],
  ['gan-inside', 1440, '#model=gan&view=inside', {}], ['gan-model', 360, '#model=gan&view=model', {}],
  ['dark-model', 1440, '#model=dcgan&batch=16&filters=16,8&view=model', { theme: 'dark' }],
  ['cvae-inside', 1440, '#model=cvae&batch=16&view=inside', {}],
  ['plane', 1440, '#model=gan&data=ring&steps=100000', {}], ['plane-360', 360, '#model=gan&data=grid&steps=100000', {}],
  ['plane-2560', 2560, '#model=gan&data=spiral&steps=100000', {}],
  ['plane-vae', 1440, '#model=vae&data=spiral&steps=100000', { theme: 'dark' }],
  ['slow-plane', 1440, '#model=gan&data=ring&steps=100000', { theme: 'dark', language: 'zh' }],
  ['slow', 1440, '', {}], ['slow-360', 360, '', {}],
  ['promised', 1440, `#steps=20&digest=${'0'.repeat(64)}`, {}], ['medium', 900, '', {}],
] as const
const shots = [
  ...views.flatMap((view) => WIDTHS.map((width) => [`${view}-${width}`, width, `#view=${view}`, {}] as const)), ...others,
]

test.each(shots)('%s', async (name, width, hash, choices) => {
  mkdirSync(SHOTS, { recursive: true })
  const { page } = await all.at('404')
  await page.setViewport({ width, height: width < 500 ? 780 : Math.round(width * 0.625) })
  await page.goto(all.site.url + hash)
  await page.evaluate((kept) => Object.entries(kept).forEach(([key, value]) => localStorage.setItem(key, value)), choices)
  await page.reload()
  await steps(page, /data=/.test(hash) ? 1000 : /cvae|dcgan|model/.test(hash) ? 30 : 120)
  if (hash.includes('verify')) await page.locator('.card .primary').click()
  if (hash.includes('view=runs')) {
    await page.locator('[data-compare]').click()
    await page.locator('.others input[name="latent"]').fill('2')
    await page.keyboard.press('Enter')
    await page.waitForSelector('.both .samples .tiles[data-ready="true"]')
    await page.locator('[data-keep]').click()
    await page.waitForSelector('.kept li')
  }
  if (hash.includes('view=model')) {
    await page.waitForSelector('.norms')
    await page.locator('.step-time button').click()
    await page.waitForSelector('.flame', { timeout: 100_000 })
  }
  if (name.startsWith('slow')) await page.locator('[data-slow]').click()
  if (name.startsWith('cvae')) await page.$eval('.more', (more) => ((more as HTMLDetailsElement).open = true)).catch(() => {})
  await new Promise((done) => setTimeout(done, 2500))
  await page.evaluate(() => scrollTo(0, 0))
  await page.screenshot({ path: `${SHOTS}${name}.png`, fullPage: true })
}, 120_000)

describe('watch', () => {
  const cwd = folder()
  const command = ['--limit-first', '2000', '--quiet']
  const shots = [
    ...WIDTHS.map((width) => [`watch-${width}`, width, [], {}] as const), ['watch-dark', 1440, [], { theme: 'dark' }],
    ['watch-chinese', 1440, [], { language: 'zh' }],
    ...[360, 1440].map((width) => [`watch-one-${width}`, width, ['runs/vae'], {}] as const),
  ] as const
  beforeAll(() => {
    train(cwd, 'runs/vae', 'vae', '--epochs', '12', ...command)
    train(cwd, 'runs/vae-2', 'vae', '--epochs', '12', '--latent', '2', '--seed', '7', ...command)
    train(cwd, 'runs/autoencoder', 'autoencoder', '--epochs', '6', ...command)
    train(cwd, 'runs/gan', 'gan', '--epochs', '4', ...command)
  }, 300_000)

  test.each(shots)('%s', async (name, width, runs, choices) => {
    const { address, end } = await started(cwd, 'watch', ...runs)
    const { page } = await open(all.browser, address, width, width < 500 ? 780 : Math.round(width * 0.625))
    await page.evaluate((kept) => Object.entries(kept).forEach(([key, value]) => localStorage.setItem(key, value)), choices)
    await page.reload()
    await page.waitForSelector('.pictures img')
    // A map is made when it is seen.
    for (const map of await page.$$('.latent figure')) {
      await map.scrollIntoView()
      await map.waitForSelector('canvas.map', { timeout: 60_000 })
    }
    await page.evaluate(() => scrollTo(0, 0))
    await new Promise((done) => setTimeout(done, 2500))
    await page.screenshot({ path: `${SHOTS}${name}.png`, fullPage: true })
    await end()
  }, 120_000)
})

describe('guide', () => {
  const read = ['index', 'tutorial/vae', 'tutorial/gan', 'how-to/own-model', 'models', 'performance', 'api/ganglion/swarm',
    'repository/examples/gan.mjs']
  const looks = [[360, 'light'], [1180, 'dark'], [1180, 'light'], [2560, 'light'], [360, 'dark']] as const
  const shots = read.flatMap((address) => looks.map(([width, scheme]) => (
    [`guide-${address.replaceAll('/', '-')}-${width}-${scheme}`, address, width, scheme] as const)))

  test.each(shots)('%s', async (name, address, width, scheme) => {
    mkdirSync(SHOTS, { recursive: true })
    const url = `${all.site.url}guide/${address}.html`
    const { page } = await open(all.browser, url, width, width < 500 ? 780 : Math.round(width * 0.625))
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
    const handle = await page.$('.live iframe')
    if (handle) {
      await handle.scrollIntoView()
      const frame = (await handle.contentFrame())!
      await (await frame.waitForSelector('button.primary'))!.click()
      await new Promise((done) => setTimeout(done, 5000))
    }
    await page.screenshot({ path: `${SHOTS}${name}.png`, fullPage: true })
  }, 60_000)
})
