// Three browsers behind one face. A page says what it has to say by setting `globalThis.result`; no script is put into it but
// the question for that, which no Content-Security-Policy refuses.
import { spawn, type ChildProcess } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import puppeteer, { type Browser as Puppeteer } from 'puppeteer-core'
import { Builder, Capabilities } from 'selenium-webdriver'
import { missing } from './project.ts'

export interface Browser {
  readonly version: string
  /** Opens a page and waits for its `result`; throws what the page put into `result.error`. */
  result<T>(url: string): Promise<T>
  close(): Promise<void>
}

const FILES = {
  chromium: '/usr/bin/chromium',
  firefox: '/usr/bin/firefox-esr',
  webkit: '/usr/bin/WebKitWebDriver',
} as const

/** Why a browser cannot be run here, by Debian's package; null where it can. */
export const absent = {
  chromium: missing(FILES.chromium, "Debian's chromium"),
  firefox: missing(FILES.firefox, "Debian's firefox-esr"),
  webkit: missing(FILES.webkit, "Debian's webkit2gtk-driver") ?? missing('/usr/bin/xvfb-run', "Debian's xvfb"),
}

const PATIENCE_MS = 90_000

/** Asks until there is an answer. */
async function answer<T>(ask: () => Promise<unknown>): Promise<T> {
  const end = Date.now() + PATIENCE_MS
  while (Date.now() < end) {
    const text = await ask()
    if (typeof text === 'string') {
      const result = JSON.parse(text) as T & { error?: string }
      if (result.error !== undefined) throw new Error(result.error)
      return result
    }
    await wait(100)
  }
  throw new Error(`the page gave no result in ${PATIENCE_MS / 1000} seconds`)
}

const QUESTION = 'globalThis.result && JSON.stringify(globalThis.result)'

function driven(browser: Puppeteer, version: string): Browser {
  return {
    version,
    async result<T>(url: string): Promise<T> {
      const page = await browser.newPage()
      try {
        await page.goto(url)
        return await answer<T>(() => page.evaluate(() => {
          const { result } = globalThis as { result?: unknown }
          return result && JSON.stringify(result)
        }))
      } finally {
        await page.close()
      }
    },
    close: () => browser.close(),
  }
}

/** Nothing that calls home, and no sandbox: it cannot be had as root, and pages here are our own. */
const CHROMIUM_ARGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
]

export interface Chromium extends Browser {
  /** Installs the extension in a folder; gives its id. */
  install(folder: string): Promise<string>
}

export async function chromium({ extensions = false } = {}): Promise<Chromium> {
  const browser = await puppeteer.launch({
    executablePath: FILES.chromium, args: CHROMIUM_ARGS, pipe: true, enableExtensions: extensions,
  })
  return {
    ...driven(browser, (await browser.version()).replace(/^.*\//, '')),
    install: (folder) => browser.installExtension(folder),
  }
}

export async function firefox(): Promise<Browser> {
  const browser = await puppeteer.launch({ browser: 'firefox', executablePath: FILES.firefox })
  return driven(browser, (await browser.version()).replace(/^.*\//, ''))
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}

/** Ends a process and all that it started. */
function end(child: ChildProcess): void {
  try {
    process.kill(-child.pid!)
  } catch { /* it has ended */ }
}

/** WebKitGTK's MiniBrowser on a screen of its own. */
export async function webkit(env: Readonly<Record<string, string>> = {}): Promise<Browser> {
  const port = await freePort()
  const args = ['-a', FILES.webkit, `--port=${port}`]
  const child = spawn('xvfb-run', args, { env: { ...process.env, ...env }, stdio: 'ignore', detached: true })
  try {
    const server = `http://127.0.0.1:${port}`
    for (let i = 0; !(await fetch(`${server}/status`).catch(() => null)); i++) {
      if (i > 100) throw new Error('WebKitWebDriver does not answer')
      await wait(100)
    }
    const wanted = new Capabilities().set('browserName', 'MiniBrowser').set('webkitgtk:browserOptions', {
      binary: '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser', args: ['--automation'],
    })
    const driver = await new Builder().usingServer(server).withCapabilities(wanted).build()
    return {
      version: String((await driver.getCapabilities()).get('browserVersion')),
      async result<T>(url: string): Promise<T> {
        await driver.get(url)
        return answer<T>(() => driver.executeScript(`return ${QUESTION}`))
      },
      async close() {
        await driver.quit().catch(() => {})
        end(child)
      },
    }
  } catch (error) {
    end(child)
    throw error
  }
}
