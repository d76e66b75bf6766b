// What is taken of jco's tools, whose package is no dependency: who wants a component installs it.
declare module '@bytecodealliance/jco-transpile/wasm-tools' {
  export function componentEmbed(options: {
    binary: Uint8Array; witSource: string; world: string; stringEncoding: 'utf8'
  }): Promise<Uint8Array>
  export function componentNew(module: Uint8Array): Promise<Uint8Array>
}
