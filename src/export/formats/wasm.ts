// `wasm`: one WebAssembly module without imports, or a component, or an Extism plugin.
import { defineFormat } from '../format.ts'
import { PRECISION, precisionOf } from '../precision.ts'
import { flag, option } from '../../options.ts'

export const wasm = defineFormat({
  name: 'wasm',
  summary: 'one WebAssembly module without imports: kernels, tapes and weights',
  suffix: '.wasm',
  options: {
    ...PRECISION,
    component: option(flag, false, 'wrapped as a WebAssembly component'),
    extism: option(flag, false, 'an Extism plugin'),
  },
  async write(source, { component, extism, ...precision }) {
    if (component && extism) throw new RangeError('export: component and extism are given, expected one of them')
    // eslint-disable-next-line no-restricted-syntax -- with a core of its own; nothing has begun
    const { componentOf, functionsOf, standalone } = await import('../wasm/write.ts')
    const as = component ? 'component' : extism ? 'extism' : 'core'
    const module = await standalone(source, { precision: precisionOf(precision), as })
    const name = `${source.part}.wasm`
    if (!component) return new Map([[name, module]])
    return new Map([[name, await componentOf(module, functionsOf(source.part, source.facts.classes))]])
  },
})
