// WebKitGTK, as Debian has it, and with the setting that gives pages shared memory.
import { inBrowser } from './lib/in_browser.ts'

inBrowser('WebKitGTK', false)
inBrowser('WebKitGTK with shared memory', true)
