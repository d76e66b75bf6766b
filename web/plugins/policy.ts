// The page's Content-Security-Policy, in the page itself, for hosts that send none. Only in what is built: Vite's development
// server writes scripts into the page.
import type { Plugin } from 'vite'

export const POLICY = [
  "default-src 'self'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "img-src 'self' blob:", "object-src 'none'",
  // A run that the visitor lends this tab to may be anywhere.
  "connect-src 'self' ws: wss:",
  "base-uri 'none'", "form-action 'none'",
].join('; ')

export const policy = (): Plugin => ({
  name: 'policy',
  apply: 'build',
  transformIndexHtml: () => [
    { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY }, injectTo: 'head-prepend' },
  ],
})
