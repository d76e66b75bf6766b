// The worker's protocol: whatever is posted, the worker lives, answers what has a number, and then makes a model that works.
import fc from 'fast-check'
import type { Reply } from '../../src/worker/protocol.ts'
import type { Target } from './targets.ts'
import { damagedJson } from './mutate.ts'

type Message = unknown
interface Port { onmessage: (event: { data: Message }) => void, postMessage: (reply: Reply) => void }

const create = {
  kind: 'create', id: 1, creation: {
    kind: 'vae', options: { imageShape: [2, 2, 1], hidden: 2, latent: 1 }, seed: 1, runtime: {},
  },
}
const dataset = { name: 'd', images: new Uint8Array(16), count: 4, shape: [2, 2, 1] }
const shapes = [
  create, { kind: 'call', id: 2, method: 'sample', args: [2, { seed: 3 }] },
  { kind: 'data', data: 1, dataset: { ...dataset, images: [] } },
  { kind: 'evaluate', id: 3, data: 1, options: { batchSize: 2 } }, { kind: 'pause', id: 4 }, { kind: 'resume', id: 5 },
  { kind: 'train', id: 6, data: 1, options: { epochs: 1, batchSize: 2 }, aborted: false },
  { kind: 'ask', id: 6 }, { kind: 'leave', id: 6 }, { kind: 'abort', id: 6 },
  { kind: 'call', id: 7, method: 'weights', args: [] }, { kind: 'call', id: 8, method: 'digest', args: [] },
]

/** A call that computes for minutes, as it was asked to, is no fault. */
const isLong = (data: Message): boolean =>
  (data as { args?: readonly unknown[] } | null)?.args?.some?.((each) => typeof each === 'number' && each > 1e4) ?? false

/** What a page can post: messages, whole, damaged, or of no meaning. */
const message = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<Message>(...shapes, { kind: 'data', data: 1, dataset }) },
  { weight: 4, arbitrary: fc.constantFrom(...shapes)
    .chain((shape) => damagedJson(JSON.parse(JSON.stringify(shape)) as never)).filter((json) => !isLong(json)) },
  { weight: 1, arbitrary: fc.anything({ withMap: true, withSet: true, withTypedArray: true, withDate: true, withBigInt: true }) },
)

let port: Port | undefined
const replies: Reply[] = []

/** The worker's side, in this thread: its channel is the global object, as in a page's worker. */
async function open(): Promise<Port> {
  if (port) return port
  const scope = globalThis as unknown as Port
  scope.postMessage = (reply) => {
    structuredClone(reply)
    replies.push(reply)
  }
  await import('../../src/worker/trainer.ts')
  port = scope
  return port
}

/** Numbers that wait for an answer, as the page would give them. */
let next = 1000
/** Milliseconds: a machine may be busy, and what hangs hangs for ever. */
const PATIENCE = 50_000
async function ask(to: Port, request: object): Promise<Reply> {
  const id = next++
  to.onmessage({ data: { ...request, id } })
  for (const end = performance.now() + PATIENCE; performance.now() < end;) {
    const answer = replies.find((reply) => reply.id === id && !('progress' in reply))
    if (answer) return answer
    await new Promise((resolve) => setImmediate(resolve))
  }
  throw new Error('nobody answers any more')
}

let fault: unknown
process.on('unhandledRejection', (error) => { fault ??= error })
process.on('uncaughtException', (error) => { fault ??= error })

export const protocol: Target<readonly Message[]> = {
  name: 'protocol', runs: 500,
  inputs: fc.array(message, { minLength: 1, maxLength: 8 }),
  async run(messages) {
    const to = await open()
    for (const data of messages) {
      let sent
      try {
        sent = structuredClone(data)
      } catch {
        // No page can post that.
        continue
      }
      to.onmessage({ data: sent })
    }
    await new Promise((resolve) => setImmediate(resolve))
    // Whatever was begun is left, and a pause ended.
    for (let id = 0; id < 9; id++) to.onmessage({ data: { kind: 'leave', id } })
    await ask(to, { kind: 'resume' })
    const made = await ask(to, create)
    if (!('value' in made)) throw new Error(`no model is made any more: ${JSON.stringify(made)}`)
    const drawn = await ask(to, { kind: 'call', method: 'sample', args: [2, { seed: 3 }] })
    if (!('value' in drawn) || (drawn.value as Float32Array).length !== 8) throw new Error('samples are wrong')
    replies.length = 0
    const found = fault
    fault = undefined
    if (found !== undefined) throw new Error('nobody caught an error', { cause: found })
  },
}
