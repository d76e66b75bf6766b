// `js`: a package for npm around a WebAssembly module.
import { defineFormat } from '../format.ts'
import { PRECISION, precisionOf } from '../precision.ts'

export const js = defineFormat({
  name: 'js',
  summary: 'a package for npm: an ES module with types around a WebAssembly module',
  suffix: '-js',
  folder: true,
  options: PRECISION,
  async write(source, precision) {
    // eslint-disable-next-line no-restricted-syntax -- with a core of its own; nothing has begun
    const { packageOf } = await import('../js/write.ts')
    return packageOf(source, precisionOf(precision), `${source.facts.kind}-${source.part}`)
  },
})
