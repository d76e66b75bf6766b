// Light, dark, or as the system has it; kept in this browser.
import { effect, signal } from '@preact/signals'
import { keep, kept } from './kept.ts'

export const THEMES = ['auto', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

export const theme = signal<Theme>(kept('theme', THEMES) ?? 'auto')
const system = matchMedia('(prefers-color-scheme: dark)')
const systemDark = signal(system.matches)
system.addEventListener('change', () => (systemDark.value = system.matches))

/** What is drawn on canvases is drawn in it. */
export const dark = signal(false)
effect(() => {
  dark.value = theme.value === 'dark' || (theme.value === 'auto' && systemDark.value)
  document.documentElement.dataset['theme'] = dark.value ? 'dark' : 'light'
})

export function nextTheme(): void {
  theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length]!
  keep('theme', theme.value)
}
