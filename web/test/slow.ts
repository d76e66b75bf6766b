// How the page feels, measured in Chromium, for a quiet machine: `npm --prefix web run slow`. Apart from the tests, because it
// takes a minute and measures times.
import { beforeEach, expect, test } from 'vitest'
import type { Page } from 'puppeteer-core'
import { steps } from './lib/chromium.ts'
import { pages, wanted } from './lib/page.ts'

const all = pages()
beforeEach(wanted)

const SECONDS = 60
/** Milliseconds: until a page that was never opened before trains, until its largest paint, of a task that holds it up. */
const TRAINING = 3000
const LARGEST_PAINT = 1000
const BLOCKED = 50
/** Bytes that a page may be larger after a minute: its curve is not yet full. */
const GROWTH = 3e6
/** Of a page that trains for long, and what it may grow by from the half of them on, a minute. */
const MINUTES = Number(process.env['SLOW_MINUTES'] ?? 6)
const GROWTH_A_MINUTE = 5e4

interface Event {
  readonly name: string
  readonly pid: number
  readonly tid: number
  /** Microseconds of the processor. */
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}

/** Milliseconds of the processor that each task took of a page's main thread: a busy machine adds none. */
function tasksOf(trace: Uint8Array): number[] {
  const { traceEvents } = JSON.parse(new TextDecoder().decode(trace)) as { traceEvents: Event[] }
  const mains = new Set(traceEvents.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
    .map(({ pid, tid }) => `${pid} ${tid}`))
  const tasks = traceEvents.filter(({ name, pid, tid }) => /RunTask$/.test(name) && mains.has(`${pid} ${tid}`))
  return tasks.map(({ tdur = 0 }) => tdur / 1000)
}

/** Asks for the bytes of a page's heap that are in use. */
async function heapOf(page: Page): Promise<() => Promise<number>> {
  const session = await page.createCDPSession()
  return async () => {
    await session.send('HeapProfiler.collectGarbage')
    return (await page.metrics()).JSHeapUsedSize!
  }
}

test('a page that was never opened before trains within three seconds, and shows what it makes', async () => {
  const times: number[] = []
  for (let i = 0; i < 3; i++) {
    const { page } = await all.at('404')
    const began = performance.now()
    await page.goto(all.site.url)
    await steps(page, 1)
    const trained = performance.now() - began
    await page.waitForSelector('.samples .tiles[data-ready="true"]')
    times.push(trained)
    console.log(`trained after ${Math.round(trained)} ms, samples after ${Math.round(performance.now() - began)} ms`)
    await page.browserContext().close()
  }
  expect(times.sort((a, b) => a - b)[1]).toBeLessThan(TRAINING)
}, 60_000)

test('the largest paint comes within a second; training never holds the page up for 50 ms, nor makes it grow', async () => {
  const { page } = await all.at('404')
  await page.evaluateOnNewDocument(() => {
    new PerformanceObserver((list) => {
      for (const { startTime } of list.getEntries()) Object.assign(globalThis, { largestPaint: startTime })
    }).observe({ type: 'largest-contentful-paint', buffered: true })
  })
  const heap = await heapOf(page)
  await page.goto(all.site.url)
  await steps(page, 5)
  const paint = await page.evaluate(() => (globalThis as unknown as { largestPaint: number }).largestPaint)
  const before = await heap()
  await page.tracing.start({ categories: ['-*', 'toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline'] })
  await new Promise((done) => setTimeout(done, 1000 * SECONDS))
  const tasks = tasksOf((await page.tracing.stop())!)
  const growth = await heap() - before
  const longest = Math.max(...tasks)
  console.log(`largest paint ${Math.round(paint)} ms; of ${tasks.length} tasks the longest took ${longest.toFixed(1)} ms ` +
    `of the processor; grown by ${(growth / 1e6).toFixed(2)} MB in ${SECONDS} s`)
  // That training was seen at all.
  expect(tasks.length).toBeGreaterThan(SECONDS)
  expect(longest).toBeLessThan(BLOCKED)
  expect(growth).toBeLessThan(GROWTH)
  expect(paint).toBeLessThan(LARGEST_PAINT)
}, 240_000)

test('a page that trains for long does not grow', async () => {
  const { page } = await all.at('')
  const heap = await heapOf(page)
  await steps(page, 5)
  const sizes = [await heap()]
  for (let minute = 1; minute <= MINUTES; minute++) {
    await new Promise((done) => setTimeout(done, 60_000))
    sizes.push(await heap())
  }
  const seen = await page.$eval('[data-number="step"]', (element) => element.textContent)
  console.log(`MB by minute, ${seen} steps: ${sizes.map((size) => (size / 1e6).toFixed(2)).join(', ')}`)
  const half = Math.floor(MINUTES / 2)
  expect((sizes[MINUTES]! - sizes[half]!) / (MINUTES - half)).toBeLessThan(GROWTH_A_MINUTE)
}, (MINUTES + 2) * 60_000)
