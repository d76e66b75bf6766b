// The server of `watch`, on this machine alone. Invariant: it reads, and only what the numbers of a run, an epoch, a step name.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ImageDataset } from '../../data/dataset.ts'
import { GanglionError } from '../../errors.ts'
import type { Picture } from '../../checkpoint/pictures.ts'
import { admitted, newToken } from './gate.ts'
import { pictureOf } from './pictures.ts'
import { Encoders } from './codes.ts'
import type { Found } from './find.ts'
import type { News } from './news.ts'
import { Runs } from './runs.ts'

const HOST = '127.0.0.1'
/** Bytes that may wait for a page that does not take them: its connection is ended then, and it asks again. */
const MOST_WAITING = 2 ** 26
const POLICY = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'", "base-uri 'none'",
  "form-action 'none'", "frame-ancestors 'none'",
].join('; ')
const HEADERS = {
  'cache-control': 'no-store', 'content-security-policy': POLICY, 'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff',
}
const MAP = /^map\/(\d{1,4})$/
/** A code as little-endian float32 in base64url. */
const DECODED = /^decoded\/(\d{1,4})\/([\w-]+)$/
const PICTURE = /^picture\/(\d{1,4})\/(samples|reconstruction)\/(epoch|step)\/(\d{1,9})$/

export interface WatchServer {
  readonly address: string
  close(): Promise<void>
}

/**
 * Serves a page of runs: those that there are now, and what `find` finds later.
 * @param images for latent maps, in place of those of the runs
 * @throws GanglionError where the port is taken or not allowed
 */
export async function serveRuns(
  first: readonly Found[], find: () => Promise<readonly Found[]>, port: number, images?: ImageDataset,
): Promise<WatchServer> {
  const [files, runs, encoders, token] = [await filesOfPage(), new Runs(first, find), new Encoders(images), newToken()]
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const path = admitted(token, portOf(server), request.headers.host, request.url ?? '')
    if (typeof path !== 'string') return refuse(response, ...path)
    if (request.method !== 'GET') return refuse(response, 405, 'expected GET')
    // Names in the page are from its address.
    if (request.url === `/${token}`) return void response.writeHead(308, { ...HEADERS, location: `/${token}/` }).end()
    if (path === 'events') return tell(runs, response)
    if (files.has(path)) return send(response, ...files.get(path)!)
    const [, run, kind, what, number] = PICTURE.exec(path) ?? []
    const folder = run === undefined ? undefined : runs.pathOf(Number(run))
    const moment = what === 'step' ? { step: Number(number) } : { epoch: Number(number) }
    const png = folder === undefined ? undefined : await pictureOf(folder, kind as Picture, moment)
    if (png) return send(response, 'image/png', png)
    return await sendCodes(path, runs, encoders, response) || refuse(response, 404, 'there is no such thing here')
  }
  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => { if (!response.headersSent) refuse(response, 500, error.message) })
  })
  await new Promise<void>((done, fail) => {
    server.once('error', (cause: NodeJS.ErrnoException) => fail(new GanglionError(cause.code === 'EADDRINUSE'
      ? `port ${port} is in use; give another by --port, or leave it out` : `cannot listen at port ${port}: ${cause.message}`,
    { cause })))
    server.listen(port, HOST, done)
  })
  return {
    address: `http://${HOST}:${portOf(server)}/${token}/`,
    async close() {
      const closed = new Promise((done) => { server.close(done) })
      server.closeAllConnections()
      await closed
    },
  }
}

type File = readonly [type: string, text: string]

/** The page's files by their names from its address. */
async function filesOfPage(): Promise<ReadonlyMap<string, File>> {
  // eslint-disable-next-line no-restricted-syntax -- before the server is there; no other command needs these texts
  const { icon, page, script, style } = await import('./page.generated.ts')
  return new Map<string, File>([
    ['', ['text/html; charset=utf-8', page]], ['page.js', ['text/javascript; charset=utf-8', script]],
    ['page.css', ['text/css; charset=utf-8', style]], ['icon.svg', ['image/svg+xml', icon]],
  ])
}

/** What concerns the codes of runs; whether the path was about them. */
async function sendCodes(path: string, runs: Runs, encoders: Encoders, response: ServerResponse): Promise<boolean> {
  const [, run, code] = MAP.exec(path) ?? DECODED.exec(path) ?? []
  const folder = run === undefined ? undefined : runs.pathOf(Number(run))
  if (folder === undefined) return false
  try {
    if (code === undefined) {
      const { codes, ...facts } = await encoders.codesOf(folder)
      send(response, 'application/json', JSON.stringify({ ...facts, codes: base64Of(codes) }))
    } else {
      const bytes = Uint8Array.from(Buffer.from(code, 'base64url'))
      const numbers = new Float32Array(bytes.buffer, 0, Math.floor(bytes.length / 4))
      send(response, 'application/json', JSON.stringify(base64Of(await encoders.decode(folder, numbers))))
    }
  } catch (error) {
    refuse(response, 409, (error as Error).message)
  }
  return true
}

const base64Of = ({ buffer, byteOffset, byteLength }: Float32Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64')

const portOf = (server: ReturnType<typeof createServer>): number => (server.address() as AddressInfo).port

/** Server-sent events, each a run's number and what is new of it. */
function tell(runs: Runs, response: ServerResponse): void {
  response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream' })
  response.flushHeaders()
  response.on('close', runs.listen((run, news) => {
    response.write(`data: ${JSON.stringify({ run, ...news } satisfies News)}\n\n`)
    if (response.writableLength > MOST_WAITING) response.destroy()
  }))
}

const send = (response: ServerResponse, type: string, body: string | Uint8Array): void => {
  response.writeHead(200, { ...HEADERS, 'content-type': type }).end(body)
}
const refuse = (response: ServerResponse, status: number, what: string): void => {
  response.writeHead(status, { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' }).end(`${what}\n`)
}
