// The core in Wasmtime: every recipe that is a tape, 200 steps of each model among them.
import { hostTests } from './host.ts'
import { wasmtime } from './wasmtime.ts'

hostTests(await wasmtime())
