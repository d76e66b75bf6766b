// Which language the page speaks, and how numbers are written in it.
import { effect, signal } from '@preact/signals'
import { keep, kept } from '../state/kept.ts'

export const LANGUAGES = ['en', 'zh'] as const
export type Language = (typeof LANGUAGES)[number]

const preferred = (): Language => (navigator.languages.find((each) => /^(en|zh)/.test(each))?.startsWith('zh') ? 'zh' : 'en')

export const language = signal<Language>(kept('language', LANGUAGES) ?? preferred())
effect(() => {
  document.documentElement.lang = language.value === 'zh' ? 'zh-Hans' : 'en'
})

export function speak(next: Language): void {
  language.value = next
  keep('language', next)
}

/** A whole number, in groups of three, as both languages have them. */
export const whole = (x: number): string => String(Math.round(x)).replace(/\B(?=(\d{3})+$)/g, ',')
/** Three significant digits. */
export const figure = (x: number): string => (Math.abs(x) >= 1000 ? whole(x) : String(Number(x.toPrecision(3))))
