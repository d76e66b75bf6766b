// Serves the built page as a static host does that knows nothing of it, but for headers that a test wants.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import sirv from 'sirv'

export interface Site {
  readonly url: string
  /** Requests that a page made, by their paths. */
  readonly asked: string[]
  close(): void
}

export async function serve(folder: string, headers: Readonly<Record<string, string>> = {}): Promise<Site> {
  const files = sirv(folder, { dev: true })
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url!)
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    files(request, response, () => void response.writeHead(404).end())
  })
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done))
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    asked,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
