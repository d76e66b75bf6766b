// WebKitGTK, as Debian has it, and with the setting that gives pages shared memory.
import { inBrowser } from './lib/in_browser.ts'

inBrowser('WebKitGTK', false)
// In one page the first sixteen recipes passed and the rest failed (each makes a shared memory).
// A thread of a session starts in 60 to 100 ms here, and each recipe has a session: 3 and 4 are in slow/webkit.test.ts.
inBrowser('WebKitGTK with shared memory', true, 10, 2)
