// WebKitGTK, as Debian has it, and with the setting that gives pages shared memory.
import { inBrowser } from './lib/in_browser.ts'

inBrowser('WebKitGTK', false)
// A page of it can make some sixteen shared memories, because it does not collect them in time: a dozen recipes a page.
inBrowser('WebKitGTK with shared memory', true, 11)
