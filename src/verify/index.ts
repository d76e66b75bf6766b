// What users see as `ganglion/verify`: an entry of its own, so that the default one stays small.
export { recipeKinds, recipeNames, verify, type VerifyOptions, type VerifyReport, type VerifyResult } from './verify.ts'
