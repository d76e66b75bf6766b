// WebKitGTK, as Debian has it, and with the setting that gives pages shared memory.
import { inBrowser } from './lib/in_browser.ts'

inBrowser('WebKitGTK', false)
// In one page the first sixteen recipes passed and the rest failed (each makes a shared memory).
inBrowser('WebKitGTK with shared memory', true, { perQuestion: 10 })
