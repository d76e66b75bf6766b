// What the entries of `ganglion/verify` have in common; what they do not is where their core comes from.
export {
  recipeKinds, recipeNames, type Verify, type VerifyOptions, type VerifyReport, type VerifyResult,
} from './verify.ts'
