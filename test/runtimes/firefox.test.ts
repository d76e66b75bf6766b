// Firefox.
import { absent, firefox } from './lib/browsers.ts'
import { inBrowser } from './lib/in_browser.ts'

inBrowser({ runtime: 'Firefox', missing: absent.firefox, threads: true, start: firefox })
