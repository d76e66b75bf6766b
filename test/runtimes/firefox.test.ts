// Firefox.
import { inBrowser } from './lib/in_browser.ts'

inBrowser('Firefox', true)
