// Serves a project's files to a browser, under one folder for each set of headers that a site may send: /plain/page.html and
// /isolated/page.html are the same file. Paths inside the project are relative, so that a page stays under its headers.
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import sirv from 'sirv'

const ISOLATION = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }
const STRICT = { 'Content-Security-Policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'" }

const SITES = {
  plain: {},
  isolated: ISOLATION,
  strict: STRICT,
  /** Under which a page may not compile WebAssembly. */
  refusing: { 'Content-Security-Policy': "script-src 'self'" },
  'strict-isolated': { ...ISOLATION, ...STRICT },
} as const

export type Site = keyof typeof SITES

export interface Server {
  url(site: Site, path: string): string
  close(): void
}

/** Serves a folder on a port of its own, to this machine only. */
export async function serve(folder: string): Promise<Server> {
  const files = sirv(folder, { dev: true })
  const server = createServer((request, response: ServerResponse) => {
    const [, site, path] = /^\/([a-z-]+)(\/.*)$/.exec(request.url!) ?? []
    if (!site || !(site in SITES)) return void response.writeHead(404).end()
    for (const [name, value] of Object.entries(SITES[site as Site])) response.setHeader(name, value)
    request.url = path!
    files(request, response, () => void response.writeHead(404).end())
  })
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    url: (site, path) => `http://localhost:${port}/${site}/${path}`,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
