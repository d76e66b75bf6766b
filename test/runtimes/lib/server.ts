// Serves a project's files to a browser, under one folder for each set of headers that a site may send: /plain/page.html and
// /isolated/page.html are the same file. Paths inside the project are relative, so that a page stays under its headers, and
// what a page posts to `answer` is handed in.
import { EventEmitter, once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import sirv from 'sirv'

const ISOLATION = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }
const STRICT = { 'Content-Security-Policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'" }
const TRUSTED = { 'Content-Security-Policy': "require-trusted-types-for 'script'" }

/** A host that is this machine, and that browsers do not trust over plain http. The browsers of these tests know it. */
export const INSECURE = 'insecure.test'

const SITES = {
  plain: {},
  /** Whose files other origins may load. */
  shared: { 'Access-Control-Allow-Origin': '*' },
  trusted: TRUSTED,
  'trusted-isolated': { ...ISOLATION, ...TRUSTED },
  isolated: ISOLATION,
  strict: STRICT,
  /** Under which a page may not compile WebAssembly. */
  refusing: { 'Content-Security-Policy': "script-src 'self'" },
  'strict-isolated': { ...ISOLATION, ...STRICT },
} as const

export type Site = keyof typeof SITES

/** How long a page may take. */
export const PATIENCE_MS = 90_000

/** What a page said; throws its `error`. */
export function answerOf<T>(text: string): T {
  const answer = JSON.parse(text) as T & { error?: string }
  if (answer.error !== undefined) throw new Error(answer.error)
  return answer
}

export interface Server {
  /** What the next page that hands something in says; throws its `error`, or that none came. */
  answer<T>(): Promise<T>
  url(site: Site, path: string, host?: string): string
  close(): void
}

/** What a page posted to a path of its site, and the response, which may be a long time coming. */
export type Posts = Readonly<Record<string, (said: string, response: ServerResponse) => void>>

/**
 * Serves a folder on a port of its own, to this machine only.
 * @param others what pages may post to besides `answer`
 */
export async function serve(folder: string, others: Posts = {}): Promise<Server> {
  const files = sirv(folder, { dev: true })
  const answered = new EventEmitter<{ answer: [string] }>()
  const posts: Posts = {
    ...others,
    '/answer': (said, response) => {
      response.end()
      answered.emit('answer', said)
    },
  }
  let gone = false
  const server = createServer((request, response: ServerResponse) => {
    const [, site, path] = /^\/([a-z-]+)(\/.*)$/.exec(request.url!) ?? []
    if (!site || !(site in SITES)) return void response.writeHead(404).end()
    for (const [name, value] of Object.entries(SITES[site as Site])) response.setHeader(name, value)
    const post = request.method === 'POST' ? posts[path!] : undefined
    if (post) return void text(request).then((said) => post(said, response))
    // From then on the page is offline, but for its answer.
    if (path === '/offline') {
      gone = true
      return void response.end()
    }
    if (gone) return void request.destroy()
    request.url = path!
    files(request, response, () => void response.writeHead(404).end())
  })
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    url: (site, path, host = 'localhost') => `http://${host}:${port}/${site}/${path}`,
    async answer<T>(): Promise<T> {
      const signal = AbortSignal.timeout(PATIENCE_MS)
      const [said] = await once(answered, 'answer', { signal }).catch(() => {
        throw new Error(`the page gave no answer in ${PATIENCE_MS / 1000} seconds`)
      }) as [string]
      return answerOf<T>(said)
    },
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
