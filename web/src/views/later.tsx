// A view that is loaded when it is asked for first: the first view needs none of it.
import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { text } from '../text/index.ts'

type View = () => JSX.Element | null

export function later(load: () => Promise<{ readonly default: View }>): View {
  const loaded = signal<View | null>(null)
  const error = signal('')
  let asked = false
  return () => {
    if (!asked) {
      asked = true
      load().then((module) => (loaded.value = module.default), (reason: Error) => {
        asked = false
        error.value = reason.message
      })
    }
    const Loaded = loaded.value
    if (Loaded) return <Loaded />
    return error.value ? <p class="alert" role="alert">{text.value.notLoaded(error.value)}</p> : <p role="status">…</p>
  }
}
