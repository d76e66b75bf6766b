// What users see as `initializers`.
export {
  constant, glorotNormal, glorotUniform, heNormal, heUniform, ones, randomNormal, randomUniform, truncatedNormal,
  varianceScaling, zeros,
} from '../initializers.ts'
export type { NormalOptions, VarianceScalingOptions } from '../initializers.ts'
