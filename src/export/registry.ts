// The formats of the package, a line each.
export { html } from './formats/html.ts'
export { js } from './formats/js.ts'
export { npz } from './formats/npz.ts'
export { onnx } from './formats/onnx.ts'
export { safetensors } from './formats/safetensors.ts'
export { wasm } from './formats/wasm.ts'
