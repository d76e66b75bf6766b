// What a live cell says beside the texts of the playground.
import { computed } from '@preact/signals'
import { type Language, language } from '../text/language.ts'

const en = {
  train: 'Train it here', about: 'On 5,000 digits, in this page. Nothing is uploaded.',
  open: 'Open in the playground', more: 'to change its settings, look inside and take it away.',
}
const zh: typeof en = {
  train: '在此训练', about: '用 5,000 个数字，就在本页训练，不上传任何内容。',
  open: '在游乐场中打开', more: '即可更改设置、查看内部并导出模型。',
}
const dictionaries: Readonly<Record<Language, typeof en>> = { en, zh }
export const words = computed(() => dictionaries[language.value])
