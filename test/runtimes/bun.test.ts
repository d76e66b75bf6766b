// Bun.
import { runtimeTest } from './lib/runtime_test.ts'

runtimeTest('Bun', true)
