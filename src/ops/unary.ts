// Elementwise functions of one tensor.
import { apply, type Op, type Tensor } from '../graph/tensor.ts'
import { unaryOp } from './elementwise.ts'


export const negativeOp: Op = unaryOp('negative', (_, dy) => [negative(dy)])
/** −x */
export const negative = (x: Tensor): Tensor => apply(negativeOp, [x], {})
