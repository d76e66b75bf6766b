// What must not compile: `npm run check` fails where one of these calls does, because then its comment is not needed.
import { conv2d_f32, copy_strided_f32, fill_f32, type KernelArgs } from '../../src/graph/contract.generated.ts'
import { call } from '../../src/graph/kernel_call.ts'
import { kernelCall } from '../../src/ops/custom.ts'

call(fill_f32, { y: 0, n: 1, value: 0 })

// @ts-expect-error -- a missing field
call(fill_f32, { y: 0, n: 1 })

// @ts-expect-error -- a surplus field
call(fill_f32, { y: 0, n: 1, value: 0, x: 0 })

const surplus = { y: 0, n: 1, value: 0, x: 0 }
// @ts-expect-error -- a surplus field of an object that was made before
call(fill_f32, surplus)

// @ts-expect-error -- a field of another name
call(fill_f32, { y: 0, count: 1, value: 0 })

// @ts-expect-error -- a field of another type
call(fill_f32, { y: 0, n: '1', value: 0 })

// @ts-expect-error -- a list of another length
call(copy_strided_f32, { x: 0, y: 0, dimensions: [1, 1], stridesX: [1, 1, 1, 1, 1, 1], stridesY: [1, 1, 1, 1, 1, 1] })

// @ts-expect-error -- a record that lacks a field
call(conv2d_f32, { ...({} as Parameters<typeof call<KernelArgs['conv2d_f32'], never>>[1]), records: [{ b: 0, c: 0 }] })

// @ts-expect-error -- a kernel that there is not
kernelCall('fill_f64', { y: 0, n: 1, value: 0 })
