// workerd.
import { runtimeTest } from './lib/runtime_test.ts'

runtimeTest('workerd', false)
