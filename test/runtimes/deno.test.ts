// Deno.
import { runtimeTest } from './lib/runtime_test.ts'

runtimeTest('Deno', true)
