// `html`: a page of one file that draws pictures, without a network.
import { defineFormat } from '../format.ts'
import { PRECISION, precisionOf } from '../precision.ts'

export const html = defineFormat({
  name: 'html',
  summary: 'one page that draws pictures, and changes them, without a network',
  suffix: '.html',
  parts: ['generator'],
  options: PRECISION,
  async write(source, precision) {
    // eslint-disable-next-line no-restricted-syntax -- with a core of its own; nothing has begun
    const { pageOf } = await import('../html/write.ts')
    return new Map([[`${source.part}.html`, await pageOf(source, precisionOf(precision))]])
  },
})
