// A module with the functions of a component becomes one: its world in WIT is embedded, and the module wrapped.
import { GanglionError } from '../../errors.ts'

/** The world of a component with these functions. docs/embedding.md says what they do. */
export function worldOf(functions: readonly string[]): string {
  return `package ganglion:model;\n\nworld model {\n${functions.map((name) => `  export ${TYPES[name]};\n`).join('')}}\n`
}

const TYPES: Readonly<Record<string, string>> = {
  generate: 'generate: func(seed: u64, count: u32) -> list<f32>',
  codes: 'codes: func(seed: u64, count: u32) -> list<f32>',
  decode: 'decode: func(codes: list<f32>) -> result<list<f32>, string>',
  encode: 'encode: func(images: list<f32>) -> result<list<f32>, string>',
  score: 'score: func(images: list<f32>) -> result<list<f32>, string>',
  setClass: 'set-class: func(label: s32)',
  info: 'info: func() -> string',
}

/** @throws GanglionError where jco's tools are not installed */
export async function componentOf(module: Uint8Array, functions: readonly string[]): Promise<Uint8Array<ArrayBuffer>> {
  const { componentEmbed, componentNew } = await loadTools()
  const embedded = await componentEmbed({ binary: module, witSource: worldOf(functions), world: 'model', stringEncoding: 'utf8' })
  return await componentNew(embedded) as Uint8Array<ArrayBuffer>
}

async function loadTools(): Promise<typeof import('@bytecodealliance/jco-transpile/wasm-tools')> {
  try {
    // eslint-disable-next-line no-restricted-syntax -- large, and nothing has begun
    return await import('@bytecodealliance/jco-transpile/wasm-tools')
  } catch (cause) {
    throw new GanglionError(`a component is wrapped by jco's tools, which are not here (${(cause as Error).message}); ` +
      'run "npm install @bytecodealliance/jco-transpile"', { cause })
  }
}
