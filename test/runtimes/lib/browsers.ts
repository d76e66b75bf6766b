// Three browsers behind one face. A page hands in what it has to say by itself (lib/server.ts), so that no script is put into it.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Browser as Firefox, createProfile } from '@puppeteer/browsers'
import puppeteer from 'puppeteer-core'
import { Builder, Capabilities } from 'selenium-webdriver'
import { missing, run } from './project.ts'
import { answerOf, INSECURE, PATIENCE_MS, type Server } from './server.ts'

export interface Browser {
  readonly version: string
  /** Opens a page; gives what closes it. */
  open(url: string): Promise<() => Promise<unknown>>
  close(): Promise<unknown>
}

/** What the page at an address hands in to its server; it is open until then. */
export async function answerIn<T>(browser: Browser, server: Server, url: string): Promise<T> {
  const answer = server.answer<T>()
  // Where the page cannot even be opened, nobody waits for its answer.
  answer.catch(() => {})
  const close = await browser.open(url)
  try {
    return await answer
  } finally {
    await close()
  }
}

export const FILES = {
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

/** Nothing that calls home, and no sandbox: it cannot be had as root, and pages here are our own. */
const CHROMIUM_ARGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', `--host-resolver-rules=MAP ${INSECURE} 127.0.0.1`,
]

/** What puppeteer turns on besides, by which hidden pages are served as if they were not. */
const UNTHROTTLED = [
  '--disable-background-timer-throttling', '--disable-backgrounding-occluded-windows', '--disable-renderer-backgrounding',
]

export interface Chromium extends Browser {
  /** Opens a page that cannot hand in anything, and asks for the value of an expression until there is one. */
  result<T>(url: string, expression?: string): Promise<T>
  /** Installs the extension in a folder; gives its id. */
  install(folder: string): Promise<string>
}

export async function chromium({ extensions = false } = {}): Promise<Chromium> {
  const browser = await puppeteer.launch({
    executablePath: FILES.chromium, args: CHROMIUM_ARGS, pipe: true, enableExtensions: extensions, ignoreDefaultArgs: UNTHROTTLED,
  })
  return {
    version: (await browser.version()).replace(/^.*\//, ''),
    async open(url) {
      const page = await browser.newPage()
      await page.goto(url)
      return () => page.close()
    },
    async result<T>(url: string, expression = 'globalThis.result'): Promise<T> {
      const page = await browser.newPage()
      await page.goto(url)
      const ask = () => page.evaluate(`JSON.stringify(${expression})`) as Promise<string | undefined>
      let text: string | undefined
      for (const end = Date.now() + PATIENCE_MS; !(text = await ask());) {
        if (Date.now() > end) throw new Error(`the page gave no result in ${PATIENCE_MS / 1000} seconds`)
        await wait(100)
      }
      await page.close()
      return answerOf<T>(text)
    },
    install: (folder) => browser.installExtension(folder),
    close: () => browser.close(),
  }
}

/**
 * Firefox by its command line: a process a page. Under WebDriver BiDi (puppeteer-core 25, Firefox 153) `new Worker` in a Web
 * Worker does not come back now and then, without any of this package; started so, it always did.
 */
export async function firefox(): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'ganglion-firefox-'))
  // The settings that keep a browser under test from calling home.
  await createProfile(Firefox.FIREFOX, { path: profile, preferences: {
    'network.dns.localDomains': INSECURE, 'dom.disable_open_during_load': false,
  } })
  return {
    version: /(\d[\d.]*)/.exec(await run(FILES.firefox, ['--version'], { cwd: '/' }))![1]!,
    async open(url) {
      const args = ['--headless', '--no-remote', '--profile', profile, url]
      const child = spawn(FILES.firefox, args, { stdio: 'ignore', detached: true })
      const gone = once(child, 'exit')
      return () => {
        end(child)
        return gone
      }
    },
    close: async () => rmSync(profile, { recursive: true, force: true }),
  }
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
      async open(url) {
        await driver.get(url)
        return () => driver.get('about:blank')
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

const BROWSERS = { chromium, firefox, webkit }
const isBrowser = (name: string): name is keyof typeof BROWSERS => Object.hasOwn(BROWSERS, name)

/** Starts the browser of that name; throws where there is none, or it is not installed. */
export function browserOf(name: string): Promise<Browser> {
  if (!isBrowser(name)) throw new RangeError(`no browser is called "${name}"; there are: ${Object.keys(BROWSERS).join('; ')}`)
  if (absent[name]) throw new RangeError(`not run here: ${absent[name]}`)
  return BROWSERS[name]()
}
