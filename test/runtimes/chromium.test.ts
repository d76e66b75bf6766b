// Chromium.
import { absent, chromium } from './lib/browsers.ts'
import { inBrowser } from './lib/in_browser.ts'

inBrowser({ runtime: 'Chromium', missing: absent.chromium, threads: true, start: () => chromium() })
