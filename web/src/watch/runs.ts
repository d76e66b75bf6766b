// The runs that the server tells of, and which of them are shown beside each other.
import { batch, computed, signal } from '@preact/signals'
import { MOST_COLOURS } from '../parts/chart.tsx'
import { Live } from './live.ts'
import type { News } from '../../../src/cli/watch/news.ts'

/** Shown before anyone has chosen, and at most: each has a colour of its own. */
const FIRST = 4
export const MOST_SHOWN = MOST_COLOURS

export const runs = signal<readonly Live[]>([])
export const connection = signal<'opening' | 'open' | 'lost'>('opening')
/** Whether anyone may see the page. */
export const visible = signal(!document.hidden)
document.addEventListener('visibilitychange', () => (visible.value = !document.hidden))
/** By run: the place of its colour. */
const places = signal<ReadonlyMap<number, number>>(new Map())
let chosen = false

export const shown = computed(() => runs.value.filter(({ index }) => places.value.has(index)))
export const placeOf = ({ index }: Live): number => places.value.get(index) ?? 0
export const isShown = ({ index }: Live): boolean => places.value.has(index)

function showRun(index: number): void {
  const taken = new Set(places.value.values())
  const free = Array.from({ length: MOST_SHOWN }, (_, place) => place).find((place) => !taken.has(place))
  if (free !== undefined) places.value = new Map([...places.value, [index, free]])
}

/** Shows a run, or hides it. */
export function toggle(run: Live): void {
  chosen = true
  if (isShown(run)) places.value = new Map([...places.value].filter(([index]) => index !== run.index))
  else showRun(run.index)
}

function take(news: News): void {
  const known = runs.value.find(({ index }) => index === news.run)
  const run = known ?? new Live(news.run, news)
  run.take(news)
  if (known) return
  runs.value = [...runs.value, run].sort((a, b) => a.index - b.index)
  if (!chosen && places.value.size < FIRST) showRun(run.index)
}

/** Listens as long as the page is there; the browser asks again where the connection is lost. */
export function listen(): void {
  const source = new EventSource('./events')
  source.onopen = () => (connection.value = 'open')
  source.onerror = () => (connection.value = 'lost')
  source.onmessage = ({ data }: MessageEvent<string>) => batch(() => take(JSON.parse(data) as News))
}
