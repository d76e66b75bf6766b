// WebKitGTK's MiniBrowser, by its driver, on a screen of its own.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { Builder, Capabilities, type WebDriver } from 'selenium-webdriver'

const DRIVER = '/usr/bin/WebKitWebDriver'
export const missing = !existsSync(DRIVER) ? "not run here: Debian's webkit2gtk-driver is not installed"
  : !existsSync('/usr/bin/xvfb-run') ? "not run here: Debian's xvfb is not installed" : null

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}

export interface WebKit {
  readonly driver: WebDriver
  close(): Promise<void>
}

export async function webkit(): Promise<WebKit> {
  const port = await freePort()
  // Without a language it says that it speaks "C", which Intl refuses.
  const env = { ...process.env, LANG: 'en_US.UTF-8', LANGUAGE: 'en_US' }
  const child = spawn('xvfb-run', ['-a', DRIVER, `--port=${port}`], { stdio: 'ignore', detached: true, env })
  const end = () => {
    try {
      // It and all that it started.
      process.kill(-child.pid!)
    } catch { /* it has ended */ }
  }
  try {
    const server = `http://127.0.0.1:${port}`
    for (let i = 0; !(await fetch(`${server}/status`).catch(() => null)); i++) {
      if (i > 200) throw new Error('WebKitWebDriver does not answer')
      await wait(100)
    }
    const wanted = new Capabilities().set('browserName', 'MiniBrowser').set('webkitgtk:browserOptions', {
      binary: '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser', args: ['--automation'],
    })
    const driver = await new Builder().usingServer(server).withCapabilities(wanted).build()
    return {
      driver,
      async close() {
        await driver.quit().catch(() => {})
        end()
      },
    }
  } catch (error) {
    end()
    throw error
  }
}
