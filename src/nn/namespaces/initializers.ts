// The namespace `initializers` of the package: the exports of other files that users see.
export {
  constant, glorotNormal, glorotUniform, heNormal, heUniform, ones, randomNormal, randomUniform, truncatedNormal,
  varianceScaling, zeros,
} from '../initializers.ts'
export type { NormalOptions, VarianceScalingOptions } from '../initializers.ts'
