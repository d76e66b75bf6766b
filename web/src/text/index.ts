// The page's texts: one dictionary a language, with the same names.
import { computed, effect } from '@preact/signals'
import { en, type Texts } from './en.ts'
import { type Language, language } from './language.ts'
import { zh } from './zh.ts'

export { figure, language, speak, whole } from './language.ts'

const dictionaries: Readonly<Record<Language, Texts>> = { en, zh }

export const text = computed(() => dictionaries[language.value])
/** What classes are called in the page's language. */
export const spoken = (classNames: readonly string[]): readonly string[] => (
  classNames.map((name) => text.value.classNames[name] ?? name))
effect(() => {
  document.title = text.value.title
})
