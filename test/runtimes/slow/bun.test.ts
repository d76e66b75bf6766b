// `verify` in Bun with 3 and 4 threads too: over four minutes.
import { runtimeTest } from '../lib/runtime_test.ts'

runtimeTest('Bun', true)
