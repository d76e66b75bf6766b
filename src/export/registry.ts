// The formats of the package, a line each.
export { npz } from './formats/npz.ts'
