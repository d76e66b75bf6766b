// A package for npm around a module: an ES module with types. Bundlers and runtimes take the module as base64; edge workers,
// which compile no bytes, take the file, by the conditions `workerd` and `edge-light`.
import { base64 } from '../base64.ts'
import type { Files } from '../format.ts'
import type { Source } from '../source.ts'
import type { Precision } from '../wasm/pack.ts'
import { functionsOf, standalone } from '../wasm/write.ts'
import { model } from './model.generated.ts'

/** The functions of a package, as their types say. */
const TYPES: Readonly<Record<string, string>> = {
  generate: `/**
 * \`count\` pictures, one after another, in [-1, 1]: [count, ...info.imageShape]. The same seed gives the same, everywhere.
 * Defaults: the seed of the run, one picture, each class in turn.
 * @throws RangeError for a seed, a count or a class that is none
 */
export declare function generate(options?: Draw): Promise<Float32Array>`,
  codes: `/** The codes that \`generate\` decodes: [count, ...info.codeShape]. */
export declare function codes(options?: Draw): Promise<Float32Array>`,
  decode: `/** Pictures from codes. @throws RangeError where they are no whole codes */
export declare function decode(codes: Float32Array, options?: Classed): Promise<Float32Array>`,
  encode: `/** Codes of pictures in [-1, 1]. @throws RangeError where they are no whole pictures */
export declare function encode(images: Float32Array, options?: Classed): Promise<Float32Array>`,
  score: `/** The discriminator's scores of pictures in [-1, 1], one each. @throws RangeError where they are no whole pictures */
export declare function score(images: Float32Array, options?: Classed): Promise<Float32Array>`,
}

/** @param name what the package is called */
export async function packageOf(source: Source, precision: Precision, name: string): Promise<Files> {
  const { facts, model: { session: { seed } } } = source
  const module = await standalone(source, { precision, as: 'core' })
  const functions = functionsOf(source.part, facts.classes).filter((each) => each in TYPES)
  const info = JSON.stringify({ ...facts, seed, weights: precision })
  const exported = ['info', ...functions, 'toImageData'].join(', ')
  const entry = (loads: string, source: string) =>
    `${loads}\nimport { open } from './model.js'\n\nexport const { ${exported} } = open(${source}, ${info})\n`
  return new Map<string, string | Uint8Array<ArrayBuffer>>([
    ['package.json', `${JSON.stringify(manifest(name, facts), null, 2)}\n`],
    ['README.md', readme(name, facts, functions)],
    ['index.js', entry("import { module } from './bytes.js'", 'module')],
    ['edge.js', entry("import module from './model.wasm'", 'module')],
    ['edge_light.js', entry("import module from './model.wasm?module'", 'module')],
    ['index.d.ts', types(functions)],
    ['model.js', model],
    ['bytes.js', `export const module = '${base64(module)}'\n`],
    ['model.wasm', module],
  ])
}

const manifest = (name: string, { kind, part }: Source['facts']) => ({
  name, version: '1.0.0', description: `The ${part} of a ${kind} that was trained with Ganglion`,
  type: 'module', sideEffects: false,
  exports: {
    '.': { types: './index.d.ts', workerd: './edge.js', 'edge-light': './edge_light.js', default: './index.js' },
    './model.wasm': './model.wasm',
  },
  files: ['*.js', '*.d.ts', 'model.wasm'],
})

const types = (functions: readonly string[]): string => `/** What the model is. */
export declare const info: {
  readonly kind: string
  readonly part: string
  readonly imageShape: readonly [height: number, width: number, channels: number]
  readonly codeShape: readonly number[]
  readonly classes?: number
  readonly classNames?: readonly string[]
  /** The run's seed, and its SHA-256. */
  readonly seed: number
  readonly digest: string
  readonly weights: 'float32' | 'float16' | 'int8'
}
export interface Classed {
  /** One class for all, where the model has classes. */
  readonly class?: number
}
export interface Draw extends Classed {
  readonly seed?: number
  readonly count?: number
}
${functions.map((name) => TYPES[name]).join('\n')}
/** One of several pictures, as a canvas takes it; a plain object of the same fields where there is no ImageData. */
export declare function toImageData(images: Float32Array, index?: number): ImageData
`

const readme = (
  name: string, { kind, part, digest, ganglion, classes, classNames }: Source['facts'], functions: readonly string[],
): string => `# ${name}

The ${part} of a ${kind}, trained with Ganglion ${ganglion} (run ${digest}).${classes === undefined ? '' : `
Its classes, by number: ${Array.from({ length: classes }, (_, i) => classNames?.[i] ?? i).join(', ')}.`}

\`\`\`js
import { ${functions[0]}, toImageData } from '${name}'
${functions.includes('generate') ? `
const pictures = await generate({ seed: 1, count: 16 })
canvas.getContext('2d').putImageData(toImageData(pictures, 0), 0, 0)
` : ''}\`\`\`

It runs in Node, Deno, Bun, pages and edge workers; a page's Content-Security-Policy needs \`'wasm-unsafe-eval'\`.
\`index.d.ts\` has all functions.
`
