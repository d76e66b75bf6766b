// A page's helper: it takes tasks as its user, the page and the battery let it. The run and the server are played.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Helper, type HelperState, join } from '../../src/swarm/join.ts'

interface Hooks {
  readonly signal: AbortSignal
  readonly between: () => Promise<void>
  readonly onTask: (seconds: number) => void
}
const TASK_MS = 2
/** A run that has tasks for ever, of two milliseconds each. */
const run = vi.hoisted(() => ({
  opened: 0,
  closed: 0,
  async work({ signal, between, onTask }: Hooks): Promise<void> {
    while (!signal.aborted) {
      await between()
      if (signal.aborted) break
      await new Promise((done) => { setTimeout(done, TASK_MS) })
      onTask(TASK_MS / 1000)
    }
  },
}))
vi.mock('../../src/swarm/volunteer.ts', () => ({
  openConnection: () => {
    run.opened++
    return Promise.resolve({
      name: 'page-1', run: 'vae', work: (hooks: Hooks) => run.work(hooks),
      close: () => {
        run.closed++
        return Promise.resolve()
      },
    })
  },
}))

class Page extends EventTarget {
  visibilityState = 'visible'
  turn(state: 'visible' | 'hidden'): void {
    this.visibilityState = state
    this.dispatchEvent(new Event('visibilitychange'))
  }
}
class Battery extends EventTarget {
  charging = true
  turn(charging: boolean): void {
    this.charging = charging
    this.dispatchEvent(new Event('chargingchange'))
  }
}
let page: Page
let battery: Battery
const helpers: Helper[] = []

beforeEach(() => {
  page = new Page()
  battery = new Battery()
  vi.stubGlobal('WebSocket', class {})
  vi.stubGlobal('self', globalThis)
  vi.stubGlobal('document', page)
  vi.stubGlobal('navigator', { getBattery: () => Promise.resolve(battery) })
})
afterEach(async () => {
  for (const helper of helpers.splice(0)) await helper.stop()
  vi.unstubAllGlobals()
})

async function joined(options: Partial<Parameters<typeof join>[0]> = {}): Promise<Helper> {
  const helper = await join({ url: 'ws://127.0.0.1:8080', consent: true, ...options })
  helpers.push(helper)
  return helper
}
const works = async (helper: Helper): Promise<void> => {
  const { tasks } = helper
  await vi.waitFor(() => expect(helper.tasks).toBeGreaterThan(tasks + 1))
}
const rests = async (helper: Helper): Promise<void> => {
  await vi.waitFor(() => expect(helper.state).toBe('paused'))
  const { tasks } = helper
  await new Promise((done) => { setTimeout(done, 10 * TASK_MS) })
  expect(helper.tasks).toBe(tasks)
}

describe('a helper', () => {
  it('pauses while the page is hidden, and goes on', async () => {
    const helper = await joined()
    await works(helper)
    page.turn('hidden')
    await rests(helper)
    page.turn('visible')
    await works(helper)
  })
  it('pauses while the machine runs on its battery, and goes on', async () => {
    const helper = await joined()
    await works(helper)
    battery.turn(false)
    await rests(helper)
    battery.turn(true)
    await works(helper)
  })
  it('does not begin where the page is hidden, or the battery is in use', async () => {
    page.visibilityState = 'hidden'
    await rests(await joined())
    page.visibilityState = 'visible'
    battery.charging = false
    await rests(await joined())
  })
  it('pauses for any of three reasons, and goes on when none is left', async () => {
    const helper = await joined()
    await works(helper)
    page.turn('hidden')
    battery.turn(false)
    helper.pause()
    await rests(helper)
    page.turn('visible')
    await rests(helper)
    helper.resume()
    await rests(helper)
    battery.turn(true)
    await works(helper)
  })
  it('goes on where it is told to, and where the browser says nothing of a battery', async () => {
    page.visibilityState = 'hidden'
    battery.charging = false
    await works(await joined({ pauseWhenHidden: false, pauseOnBattery: false }))
    page.visibilityState = 'visible'
    vi.stubGlobal('navigator', {})
    await works(await joined())
    vi.stubGlobal('navigator', { getBattery: () => Promise.reject(new Error('not allowed')) })
    await works(await joined())
  })
  it('stops while it is paused, listens to nothing more, and closes its connection', async () => {
    const states: HelperState[] = []
    const helper = await joined({ onChange: ({ state }) => states.push(state) })
    await works(helper)
    page.turn('hidden')
    await rests(helper)
    const { closed } = run
    await helper.stop()
    await helper.ended
    expect([helper.state, states.at(-1), run.closed]).toEqual(['ended', 'ended', closed + 1])
    page.turn('visible')
    battery.turn(false)
    expect(helper.state).toBe('ended')
  })
  it('rests as long as its throttle says', async () => {
    const helper = await joined({ throttle: 0.02 })
    await vi.waitFor(() => expect(helper.tasks).toBe(1))
    await new Promise((done) => { setTimeout(done, 12 * TASK_MS) })
    expect(helper.tasks).toBe(1)
  })
  it('asks nobody without consent', async () => {
    const { opened } = run
    await expect(joined({ consent: false as true })).rejects.toThrow('consent')
    expect(run.opened).toBe(opened)
  })
})
