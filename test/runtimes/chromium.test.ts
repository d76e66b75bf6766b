// Chromium.
import { inBrowser } from './lib/in_browser.ts'

inBrowser('Chromium', true)
