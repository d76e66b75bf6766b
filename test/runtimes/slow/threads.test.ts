// `verify` with 3 and 4 threads too, where CI tries 1 and 2: each takes one to four minutes on two cores.
import { inBrowser } from '../lib/in_browser.ts'
import { MOST, runtimeTest } from '../lib/runtime_test.ts'

for (const runtime of ['Node 20', 'Node 22', 'Node 26', 'Deno', 'Bun'] as const) runtimeTest(runtime, true, { verified: MOST })
// A thread of a session starts in 60 to 100 ms here, and each recipe has a session.
inBrowser('WebKitGTK with shared memory', true, { perQuestion: 10, verified: MOST })
