// This tab's help for somebody's run: who asked for it, how it goes, and why it pauses. Invariant: nothing is asked of anybody
// before the visitor agreed, and it ends when they say so.
import { computed, effect, signal } from '@preact/signals'
import type { Asked, Lent, Said } from '../workers/lend.ts'
import { run } from './current.ts'

export interface Wanted {
  readonly url: string
  readonly user: string
  readonly password: string
  readonly throttle: number
}

export const lent = signal<Lent | null>(null)
export const lending = signal(false)
export const lendError = signal('')
/** What the visitor chose. */
export const held = signal(false)
export const onBattery = signal(true)
export const whileHidden = signal(true)

/** What browsers say of a battery: Chromium does. */
interface Battery extends EventTarget {
  readonly charging: boolean
}
const discharging = signal(false)
const hidden = signal(document.visibilityState === 'hidden')
document.addEventListener('visibilitychange', () => (hidden.value = document.visibilityState === 'hidden'))

/** Why it pauses; '' where it does not. */
export const pausedBy = computed(() => (
  held.value ? 'held' : onBattery.value && discharging.value ? 'battery' : whileHidden.value && hidden.value ? 'hidden' : ''))

let worker: Worker | null = null
const ask = (asked: Asked) => worker?.postMessage(asked)
effect(() => {
  const pause = pausedBy.value !== ''
  if (lending.value) ask({ pause })
})

async function watchBattery(): Promise<void> {
  const { getBattery } = navigator as { getBattery?: () => Promise<Battery> }
  const battery = await getBattery?.call(navigator).catch(() => undefined)
  if (!battery) return
  const look = () => (discharging.value = !battery.charging)
  battery.addEventListener('chargingchange', look)
  look()
}
let watching: Promise<void> | undefined

export async function lend({ url, user, password, throttle }: Wanted): Promise<void> {
  run.value?.pause()
  await (watching ??= watchBattery())
  lent.value = null
  lendError.value = ''
  held.value = false
  worker = new Worker(new URL('../workers/lend.ts', import.meta.url), { type: 'module' })
  worker.onmessage = ({ data }: MessageEvent<Said>) => {
    if ('error' in data) end(data.error)
    else hear(data)
  }
  worker.onerror = ({ message }) => end(message)
  lending.value = true
  const login = user ? { user, password } : password ? { token: password } : {}
  ask({ join: { url, ...login, consent: true, throttle } })
}

let settling: ReturnType<typeof setTimeout> | undefined
function hear(now: Lent): void {
  clearTimeout(settling)
  // It waits for a moment between two tasks, which nobody need see.
  const between = now.state === 'waiting' && lent.value?.state === 'working'
  if (between) settling = setTimeout(() => (lent.value = now), SETTLES)
  lent.value = between ? { ...now, state: 'working' } : now
  if (now.state === 'ended') end()
}
const SETTLES = 2000

/** Leaves the run after the task that is being computed, and within three seconds. */
export function giveBack(): void {
  ask({ stop: true })
  const own = worker
  setTimeout(() => { if (worker === own) end() }, PATIENCE)
}
const PATIENCE = 3000

function end(error = ''): void {
  clearTimeout(settling)
  worker?.terminate()
  worker = null
  lending.value = false
  lendError.value = error
}
