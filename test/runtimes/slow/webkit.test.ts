// `verify` in WebKitGTK with 3 and 4 threads too: over three minutes.
import { inBrowser } from '../lib/in_browser.ts'

inBrowser('WebKitGTK with shared memory', true, 10)
