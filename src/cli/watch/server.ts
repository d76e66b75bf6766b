// The server of `watch`, on this machine alone. Invariant: it reads, and only what a run's number and a picture's epoch name;
// runs are looked at while a page listens, and a page is told of a run only where the run has changed.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { GanglionError } from '../../errors.ts'
import { readRegular } from '../../node/read.ts'
import { SAMPLES } from '../../node/run_files.ts'
import type { Found } from './find.ts'
import { admitted, newToken } from './gate.ts'
import { Watched } from './watched.ts'

const HOST = '127.0.0.1'
const LOOK_MS = 500
const MOST_PICTURE = 2 ** 26
const HEADERS = {
  'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
}
const PICTURE = /^picture\/(\d{1,4})\/(samples|reconstruction)\/(\d{1,9})$/

export interface WatchServer {
  readonly address: string
  close(): Promise<void>
}

/** @throws GanglionError where the port is taken or not allowed */
export async function serveRuns(found: readonly Found[], port: number): Promise<WatchServer> {
  const [runs, token, listeners] = [found.map((run) => new Watched(run)), newToken(), new Set<ServerResponse>()]
  const send = (to: Iterable<ServerResponse>, run: number) => {
    const text = `data: ${JSON.stringify({ run, ...runs[run]!.state() })}\n\n`
    for (const response of to) response.write(text)
  }
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined
  const lookAtAll = () => looking ??= Promise.all(runs.map(async (run, i) => {
    if (await run.look()) send(listeners, i)
  })).then(() => { looking = undefined })
  const turn = async () => {
    await lookAtAll()
    timer = listeners.size > 0 ? setTimeout(() => void turn(), LOOK_MS) : undefined
  }
  const listen = async (response: ServerResponse) => {
    response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream' })
    await lookAtAll()
    runs.forEach((_, i) => send([response], i))
    listeners.add(response)
    response.on('close', () => listeners.delete(response))
    timer ??= setTimeout(() => void turn(), LOOK_MS)
  }
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const path = admitted(token, (server.address() as AddressInfo).port, request.headers.host, request.url ?? '')
    if (typeof path !== 'string') return refuse(response, ...path)
    if (request.method !== 'GET') return refuse(response, 405, 'expected GET')
    if (path === 'events') return listen(response)
    const [, run = '', kind, epoch = ''] = PICTURE.exec(path) ?? []
    const watched = kind === undefined ? undefined : runs[Number(run)]
    const name = `${kind === 'samples' ? '' : 'reconstruction-'}epoch-${epoch.padStart(4, '0')}.png`
    const png = watched && await readRegular(join(watched.path, SAMPLES, name), MOST_PICTURE).catch(() => undefined)
    if (!png) return refuse(response, 404, 'there is no such thing here')
    response.writeHead(200, { ...HEADERS, 'content-type': 'image/png' }).end(png)
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
    address: `http://${HOST}:${(server.address() as AddressInfo).port}/${token}/`,
    async close() {
      clearTimeout(timer)
      for (const response of listeners) response.end()
      listeners.clear()
      server.closeAllConnections()
      await new Promise((done) => { server.close(done) })
    },
  }
}

const refuse = (response: ServerResponse, status: number, what: string): void => {
  response.writeHead(status, { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' }).end(`${what}\n`)
}
