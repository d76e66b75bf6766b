// Workers of this process that do what none should: lies, and messages that are lost, doubled, late and in another order.
import { GanglionError } from '../../src/errors.ts'
import { sha256 } from '../../src/formats/sha256.ts'
import { Nats } from '../../src/node/nats.ts'
import { workFor } from '../../src/node/remote_work.ts'
import { decodeMessage, encodeMessage } from '../../src/swarm/protocol.ts'
import { serve } from '../../src/swarm/worker.ts'
import { version } from '../../src/version.generated.ts'

export const LIES = ['bit', 'nan', 'shape', 'replay', 'huge'] as const
export type Lie = typeof LIES[number]

export interface Strange {
  /** How many lies the coordinator took for an answer. */
  readonly told: () => number
  /** Ends it. */
  stop(): Promise<void>
}

type Answered = (message: Uint8Array) => Promise<Uint8Array>

/** A worker whose messages go by `between`. */
async function strange(
  url: string, run: string, name: string, between: (real: Answered) => Answered,
): Promise<() => Promise<void>> {
  const nats = await Nats.connect(url)
  const { request } = nats.channel(run)
  const stop = new AbortController()
  const ended = serve({ request: between(request) }, {
    name, ganglion: version, signal: stop.signal, retryMs: 50,
    make: (recipe, fetched) => workFor(recipe, fetched, { wide: false, load: () => Promise.reject(new Error('none here')) }),
    // Who is found lying is refused, and that ends it.
  }).catch((error: unknown) => { if (!(error instanceof GanglionError)) throw error })
  return async () => {
    stop.abort()
    // What it waits for may never come.
    await Promise.race([ended, new Promise((done) => { setTimeout(done, 300) })])
    await nats.close()
    await ended
  }
}

export async function liar(url: string, run: string, name: string, lie: Lie): Promise<Strange> {
  let told = 0
  let before: Float32Array | undefined
  const stop = await strange(url, run, name, (real) => async (message) => {
    const { header, payload } = decodeMessage(message)
    if (header['do'] !== 'result') return real(message)
    const values = new Float32Array(payload.slice().buffer)
    const honest = values.slice()
    if (lie === 'huge') return real(new Uint8Array(60e6))
    if (lie === 'replay' && !before) {
      before = honest
      return real(message)
    }
    if (lie === 'bit') new Uint32Array(values.buffer)[1]! ^= 1
    if (lie === 'nan') values[2] = NaN
    const given = lie === 'shape' ? values.subarray(1) : lie === 'replay' ? before! : values
    // A stage of a GAN may have gradients of another size: that is another lie.
    const hash = await sha256([new Uint8Array(given.buffer, given.byteOffset, given.byteLength)])
    const answer = await real(encodeMessage({ ...header, sha256: hash }, given))
    const said = decodeMessage(answer).header
    if (!said['late'] && !said['rejoin']) told++
    return answer
  })
  return { told: () => told, stop }
}

export async function careless(url: string, run: string, name: string, uniform: () => number): Promise<Strange> {
  const later = (ms: number) => new Promise<void>((done) => { setTimeout(done, ms) })
  const stop = await strange(url, run, name, (real) => async (message) => {
    const fate = uniform()
    if (fate < 0.1) throw new Error('the request is lost')
    if (fate < 0.3) void real(message.slice()).catch(() => {})
    if (fate < 0.5) await later(60 * uniform())
    const answer = await real(message)
    if (fate > 0.6 && fate < 0.75) void later(200 * uniform()).then(() => real(message.slice())).catch(() => {})
    if (fate > 0.9) throw new Error('the answer is lost')
    return answer
  })
  return { told: () => 0, stop }
}
