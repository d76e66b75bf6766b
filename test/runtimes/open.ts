// Opens a page of a folder in a browser and prints what it hands in. `node test/runtimes/open.ts BROWSER FOLDER PAGE`, by
// this folder's Node 24. For measurements: bench/page.ts.
import { absent, answerIn, chromium, firefox, webkit } from './lib/browsers.ts'
import { serve } from './lib/server.ts'

const BROWSERS = { chromium, firefox, webkit }
const isBrowser = (name: string): name is keyof typeof BROWSERS => Object.hasOwn(BROWSERS, name)

async function main([name = '', folder = '', page = '']: readonly string[]): Promise<void> {
  if (!isBrowser(name)) throw new RangeError(`no browser is called "${name}"; there are: ${Object.keys(BROWSERS).join('; ')}`)
  if (absent[name]) throw new RangeError(`not run here: ${absent[name]}`)
  const server = await serve(folder)
  const browser = await BROWSERS[name]()
  try {
    console.log(JSON.stringify(await answerIn(browser, server, server.url('isolated', page))))
  } finally {
    await browser.close()
    server.close()
  }
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
