// A tab that is lent to a run by a real nats-server: after consent, paused, gone on with, stopped.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'puppeteer-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { freePort, NatsServer, noNatsServer } from '../../test/tools/nats_server.ts'
import { findings } from './lib/axe.ts'
import { button } from './lib/chromium.ts'
import { pages, wanted } from './lib/page.ts'

const MAIN = new URL('../../dist/cli/main.js', import.meta.url).pathname
const WHY = noNatsServer()
const all = pages()
const nats = new NatsServer()
const folder = mkdtempSync(join(tmpdir(), 'ganglion-lend-'))
let socket = 0
let running: ChildProcess | undefined

beforeEach((context) => {
  if (WHY) context.skip(WHY)
  wanted(context)
})
beforeAll(async () => {
  if (WHY) return
  socket = await freePort()
  const config = join(folder, 'nats.conf')
  writeFileSync(config, `authorization { token: lent }
websocket { host: "127.0.0.1", port: ${socket}, no_tls: true }
jetstream { store_dir: "${nats.folder}" }
`)
  await nats.start('-c', config)
})
afterAll(async () => {
  running?.kill('SIGKILL')
  await nats.end()
  rmSync(folder, { recursive: true, force: true })
})

async function fill(page: Page, password: string): Promise<void> {
  for (const [label, text] of [['Address', `ws://127.0.0.1:${socket}`], ['Password or token', password]] as const) {
    await page.locator(`::-p-aria([name="${label}"])`).fill(text)
  }
}
const shown = (page: Page) => page.$eval('[data-lent]', (element) => (
  { state: element.getAttribute('data-lent'), tasks: Number(element.getAttribute('data-tasks')) }))
const is = (page: Page, state: string) => page.waitForSelector(`[data-lent="${state}"]`)
const works = async (page: Page) => {
  const { tasks } = await shown(page)
  await page.waitForFunction((before) => (
    Number(document.querySelector('[data-lent]')!.getAttribute('data-tasks')) > before), {}, tasks)
}

test('lent after consent, paused, gone on with, stopped; the run has its tasks', async () => {
  const args = ['train', 'vae', '--data', 'mnist', '--limit-first', '600', '--hidden', '16', '--latent', '2', '--batch-size', '6']
  const run = ['--micro-batches', '4', '--epochs', '100000', '--out', 'run', '--nats', nats.url.replace('//', '//lent@')]
  running = spawn(process.execPath, [MAIN, ...args, ...run], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = once(running, 'exit')
  let said = ''
  running.stderr!.setEncoding('utf8').on('data', (text: string) => { said += text })
  await expect.poll(() => said, { timeout: 30_000 }).toContain('waits for workers')

  const { page, said: wrong } = await all.at('#view=lend')
  await page.waitForSelector('.lend')
  expect(await findings(page)).toEqual([])
  await fill(page, 'lent')
  expect(await page.$eval('.lend .primary', (element) => (element as HTMLButtonElement).disabled)).toBe(true)
  await page.locator('::-p-aria([name="This computer is mine, or its owner agrees"])').click()
  await button(page, 'Lend it').click()
  await is(page, 'working')
  await works(page)
  await page.$eval('.lend .buttons button:last-child', (element) => (element as HTMLButtonElement).click())
  await is(page, 'paused')
  const { tasks } = await shown(page)
  await new Promise((done) => { setTimeout(done, 500) })
  expect(await shown(page)).toEqual({ state: 'paused', tasks })
  await button(page, 'Go on').click()
  await works(page)
  await button(page, 'Stop').click()
  await button(page, 'Lend it').wait()
  const after = (await shown(page)).tasks
  running.kill('SIGINT')
  await ended
  const lines = readFileSync(join(folder, 'run', 'tasks.jsonl'), 'utf8').trim().split('\n')
  const by = lines.flatMap((line) => (JSON.parse(line) as { by?: string[] }).by ?? [])
  expect(by.filter((name) => name.startsWith('page-')).length).toBeGreaterThan(0)
  expect(by.filter((name) => name.startsWith('page-')).length).toBeLessThanOrEqual(after + 1)
  expect(wrong).toEqual([])
}, 120_000)

test('a refused login is said, and may be tried again', async () => {
  const { page } = await all.at('#view=lend')
  await page.waitForSelector('.lend')
  await fill(page, 'wrong')
  await page.locator('::-p-aria([name="This computer is mine, or its owner agrees"])').click()
  await button(page, 'Lend it').click()
  await page.waitForSelector('.lend .alert')
  expect(await page.$eval('.lend .alert', (element) => element.textContent)).toMatch(/refused the login; give a token/)
  await button(page, 'Lend it').wait()
})
