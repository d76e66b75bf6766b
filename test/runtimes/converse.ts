// Opens a page of a folder in a browser, and passes lines: each from stdin is the response to what the page posts to `turn`, and
// what it posts, unless '', goes to stdout. `node test/runtimes/converse.ts BROWSER FOLDER PAGE`, by this folder's Node 24, until
// stdin ends. For measurements: bench/peers.
import type { ServerResponse } from 'node:http'
import { createInterface } from 'node:readline'
import { browserOf } from './lib/browsers.ts'
import { serve } from './lib/server.ts'

/** How long a page is left without a response; Firefox gives up after five minutes. */
const HELD_MS = 60_000

/** Lines that the page has yet to be given, or the response that waits for one. */
class Turns {
  readonly #lines: string[] = []
  #respond: ((line: string) => void) | undefined

  say(line: string): void {
    if (this.#respond) this.#respond(line)
    else this.#lines.push(line)
  }

  post(said: string, response: ServerResponse): void {
    if (said) process.stdout.write(`${said}\n`)
    const line = this.#lines.shift()
    if (line !== undefined) return void response.end(line)
    const respond = (text: string): void => {
      clearTimeout(timer)
      this.#respond = undefined
      response.end(text)
    }
    const timer = setTimeout(() => respond(''), HELD_MS)
    this.#respond = respond
  }
}

async function main([name = '', folder = '', page = '']: readonly string[]): Promise<void> {
  const turns = new Turns()
  const lines = createInterface({ input: process.stdin })
  lines.on('line', (line) => turns.say(line))
  const over = new Promise<unknown>((done) => {
    lines.once('close', done)
    process.once('SIGTERM', done)
  })
  const browser = await browserOf(name)
  try {
    const server = await serve(folder, { '/turn': (said, response) => turns.post(said, response) })
    const close = await browser.open(server.url('isolated', page))
    await over
    // Puppeteer hears SIGTERM too, and may have closed it.
    await close().catch(() => {})
    server.close()
  } finally {
    await browser.close()
  }
}

await main(process.argv.slice(2)).then(() => process.exit(0), (error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
