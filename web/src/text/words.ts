// The texts of shared parts, in the language that the page speaks.
import { computed } from '@preact/signals'
import { language } from './language.ts'
import { shared } from './shared.ts'

export const words = computed(() => shared[language.value])
