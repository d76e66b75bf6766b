// Bun. With 3 and 4 threads `verify` takes over four minutes here: they are in slow/bun.test.ts.
import { runtimeTest } from './lib/runtime_test.ts'

runtimeTest('Bun', true, undefined, undefined, 2)
