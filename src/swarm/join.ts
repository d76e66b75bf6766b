// A page's or a Web Worker's part in a run, by a nats-server's WebSocket: begun with somebody's consent, slowed, paused and ended
// as they like. What speaks to the server and makes the model is loaded when it is asked for. Invariant: while it pauses, it has
// no task.
import { GanglionError } from '../errors.ts'
import {
  complete, flag, type Given, isFunction, name, option, required, type Rule, rule, signal as signalRule,
} from '../options.ts'

/** What a helper does just now. */
export type HelperState = 'working' | 'waiting' | 'paused' | 'ended'

export interface Helper {
  /** Its name among the workers, and the run's. */
  readonly name: string
  readonly run: string
  readonly state: HelperState
  /** Tasks done. */
  readonly tasks: number
  /** Takes no task until `resume()`. */
  pause(): void
  resume(): void
  /** Leaves the run, after the task that is being computed. */
  stop(): Promise<void>
  /** When the run is over, or the helper was stopped; rejects where it is refused. */
  readonly ended: Promise<void>
}

const isOn = (x: unknown): x is true => x === true
const isAddress = (x: unknown): x is string => typeof x === 'string' && /^wss?:\/\/[^\s/]/.test(x)
const OPTIONS = {
  /** Where the server takes WebSockets: wss://HOST:PORT, or ws://. */
  url: required(rule('the address of a nats-server\'s WebSocket, ws://HOST:PORT or wss://HOST:PORT', isAddress)),
  /** That whose machine it is was asked, and agreed. */
  consent: required(rule('true: ask whose machine it is, and join when they agree', isOn)),
  /** A login: a token, or a user and a password. */
  token: name,
  /** The user of a login with a password. */
  user: name,
  /** The user's password. */
  password: name,
  /** The run to work for. Default: any that there is. */
  run: rule('the name of a run: 1 to 60 letters, digits, - and _', (x): x is string => typeof x === 'string',
    (x) => /^[\w-]{1,60}$/.test(x)),
  /** The fraction of the time that it computes. Default 1. */
  throttle: option(rule('a number above 0, at most 1', (x): x is number => typeof x === 'number', (x) => x > 0 && x <= 1), 1),
  /** Whether it pauses while the machine runs on its battery, where the browser says so. Default true. */
  pauseOnBattery: option(flag, true),
  /** Whether it pauses while the page is hidden. Default true. */
  pauseWhenHidden: option(flag, true),
  /** Ends the help. */
  signal: signalRule,
  /** Told of each change of state, and of each task that was done. */
  onChange: rule('a function', isFunction) as Rule<(helper: Helper) => void>,
}
export type JoinOptions = Given<typeof OPTIONS>

/**
 * Joins a run over WebSocket, and does tasks of it until it is over or `stop()` is called. It computes where it is called: call
 * it in a Web Worker, and a page stays smooth.
 *
 * ```js
 * import { join } from 'ganglion/swarm'
 *
 * button.onclick = async () => {
 *   const helper = await join({ url: 'wss://swarm.example:8080', token, consent: true, throttle: 0.5 })
 *   stop.onclick = () => helper.stop()
 *   await helper.ended
 * }
 * ```
 * @throws TypeError, RangeError for options that are not as described
 * @throws GanglionError where it is no page, no server answers, it refuses the login, or there is no run
 * @example
 * const helper = await join({ url: 'wss://example.org/nats', run: 'faces', consent: true })
 */
export async function join(options: JoinOptions): Promise<Helper> {
  const given = complete('join', options, OPTIONS)
  if (typeof WebSocket !== 'function' || typeof self === 'undefined') {
    throw new GanglionError('join: this is no page and no Web Worker, which it is for; run ganglion work')
  }
  // eslint-disable-next-line no-restricted-syntax -- before there is a connection
  const { openConnection } = await import('./volunteer.ts')
  const connection = await openConnection(given)
  const page = new PageHelper(connection.name, connection.run, given)
  void page.watch()
  page.begin(connection.work({ signal: page.signal, between: () => page.turn(), onTask: (seconds) => page.did(seconds) })
    .finally(() => connection.close()))
  return page
}

interface Settings {
  readonly throttle: number
  readonly pauseOnBattery: boolean
  readonly pauseWhenHidden: boolean
  readonly signal?: AbortSignal
  readonly onChange?: (helper: Helper) => void
}

/** What browsers say of a battery: Chromium does. */
interface Battery extends EventTarget {
  readonly charging: boolean
}
type WithBattery = { readonly getBattery?: () => Promise<Battery> }
type Visible = EventTarget & { readonly visibilityState?: string }

class PageHelper implements Helper {
  readonly name: string
  readonly run: string
  tasks = 0
  state: HelperState = 'waiting'
  ended: Promise<void> = Promise.resolve()
  readonly #settings: Settings
  readonly #stop = new AbortController()
  /** Why it pauses: by its user, the battery, the page. */
  readonly #reasons = new Set<string>()
  /** Ends the wait for a next task. */
  #goOn?: () => void
  #rest = 0

  constructor(name: string, run: string, settings: Settings) {
    this.name = name
    this.run = run
    this.#settings = settings
    const { signal } = settings
    if (signal?.aborted) this.#end()
    signal?.addEventListener('abort', () => { this.#end() })
  }

  get signal(): AbortSignal {
    return this.#stop.signal
  }

  begin(work: Promise<void>): void {
    this.ended = work.finally(() => {
      this.#end()
      this.#is('ended')
    })
    // Who does not look at it is told by the state.
    this.ended.catch(() => {})
  }

  pause(): void {
    this.#set('user', true)
  }
  resume(): void {
    this.#set('user', false)
  }
  async stop(): Promise<void> {
    this.#end()
    await this.ended.catch(() => {})
  }

  /** Waits before a task: as long as it pauses, and as the throttle says. */
  async turn(): Promise<void> {
    const until = performance.now() + 1000 * this.#rest
    this.#rest = 0
    while (!this.signal.aborted) {
      if (this.#reasons.size) {
        this.#is('paused')
        await this.#wait()
      } else if (performance.now() < until) await this.#wait(until - performance.now())
      else break
    }
    this.#is('waiting')
  }
  did(seconds: number): void {
    this.tasks++
    this.#rest = seconds * (1 / this.#settings.throttle - 1)
    this.state = 'working'
    this.#settings.onChange?.(this)
  }

  /** Looks at the page and the battery. */
  async watch(): Promise<void> {
    const page = (globalThis as { document?: Visible }).document
    if (page && this.#settings.pauseWhenHidden) {
      const look = () => this.#set('hidden', page.visibilityState === 'hidden')
      page.addEventListener('visibilitychange', look, { signal: this.signal })
      look()
    }
    if (!this.#settings.pauseOnBattery) return
    const battery = await (globalThis.navigator as WithBattery).getBattery?.().catch(() => undefined)
    if (!battery) return
    const look = () => this.#set('battery', !battery.charging)
    battery.addEventListener('chargingchange', look, { signal: this.signal })
    look()
  }

  /** Until something changes, or for so long. */
  async #wait(ms?: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined
    await new Promise<void>((done) => {
      this.#goOn = done
      if (ms !== undefined) timer = setTimeout(done, ms)
    })
    clearTimeout(timer)
  }
  #set(reason: string, on: boolean): void {
    if (on) this.#reasons.add(reason)
    else this.#reasons.delete(reason)
    this.#goOn?.()
  }
  #end(): void {
    this.#stop.abort()
    this.#goOn?.()
  }
  #is(state: HelperState): void {
    if (this.state === state) return
    this.state = state
    this.#settings.onChange?.(this)
  }
}
