// The guide as a part of the site: pages under guide/, with the script and the styles that Vite makes of src/guide/main.tsx.
// While the page is developed each is made when it is asked for.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
import { crawl } from './crawl.ts'
import { pageOf } from './layout.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
/** Its name among the entries of the build. */
const ENTRY = 'guide'
const SOURCE = 'src/guide/main.tsx'

export function guide(): Plugin {
  return {
    name: 'guide',
    generateBundle(_, bundle) {
      const entry = Object.values(bundle).find((each) => each.type === 'chunk' && each.isEntry && each.name === ENTRY)
      if (entry?.type !== 'chunk') throw new Error(`the build has no entry "${ENTRY}"`)
      const assets = { script: entry.fileName, styles: [...entry.viteMetadata?.importedCss ?? []] }
      const crawled = crawl(ROOT)
      for (const page of crawled.pages) {
        this.emitFile({ type: 'asset', fileName: `guide/${page.address}`, source: pageOf(page, crawled, assets) })
      }
      for (const [address, path] of crawled.files) {
        this.emitFile({ type: 'asset', fileName: `guide/${address}`, source: readFileSync(path) })
      }
    },
    configureServer({ middlewares }) {
      middlewares.use('/guide', (request, response, next) => {
        const address = decodeURI(request.url!.split(/[?#]/)[0]!.slice(1)) || 'index.html'
        const crawled = crawl(ROOT)
        const page = crawled.pages.find((each) => each.address === address)
        const file = crawled.files.get(address)
        const assets = { script: SOURCE, styles: [], developing: true }
        if (page) response.setHeader('content-type', 'text/html').end(pageOf(page, crawled, assets))
        else if (file) response.end(readFileSync(file))
        else next()
      })
    },
  }
}
