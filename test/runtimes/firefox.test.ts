// Firefox.
import { inBrowser } from './lib/in_browser.ts'
import { MOST } from './lib/runtime_test.ts'

inBrowser('Firefox', true, { verified: MOST })
