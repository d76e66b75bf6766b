// A `.wasm` file imported as a module, as edge runtimes do: it arrives compiled.
declare module '*.wasm' {
  const module: WebAssembly.Module
  export default module
}
declare module '*.wasm?module' {
  const module: WebAssembly.Module
  export default module
}
