// Opens a page of a folder in a browser and prints what it hands in. `node test/runtimes/open.ts BROWSER FOLDER PAGE`, by
// this folder's Node 24. For measurements: bench/page.ts.
import { answerIn, browserOf } from './lib/browsers.ts'
import { serve } from './lib/server.ts'

async function main([name = '', folder = '', page = '']: readonly string[]): Promise<void> {
  const browser = await browserOf(name)
  const server = await serve(folder)
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
