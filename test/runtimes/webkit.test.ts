// WebKitGTK, as Debian has it, and with the setting that gives pages shared memory.
import { absent, webkit } from './lib/browsers.ts'
import { inBrowser } from './lib/in_browser.ts'

inBrowser({ runtime: 'WebKitGTK', missing: absent.webkit, threads: false, start: () => webkit() })
inBrowser({
  runtime: 'WebKitGTK with shared memory',
  missing: absent.webkit,
  threads: true,
  start: () => webkit({ JSC_useSharedArrayBuffer: '1' }),
})
