// Threads take a page that is cross-origin isolated. Where the host sends no headers for that, the page's service worker adds
// them (public/sw.js), which takes one reload. Invariant: it reloads once at most, and never where that has not helped.
const KEY = 'isolating'
/** Milliseconds that the service worker may take to be there. */
const PATIENCE = 3000

const wait = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))

/** Resolves when the page may begin: at once, or never, because it is loaded anew. */
export async function isolate(): Promise<void> {
  if (!('serviceWorker' in navigator) || !isSecureContext || import.meta.env.DEV) return
  const registered = navigator.serviceWorker.register(new URL('sw.js', document.baseURI)).catch(() => null)
  if (crossOriginIsolated) return forget()
  if (tried()) return
  if (!await registered) return
  await Promise.race([navigator.serviceWorker.ready, wait(PATIENCE)])
  if (!(await navigator.serviceWorker.getRegistration())?.active || !remember()) return
  location.reload()
  return new Promise(() => {})
}

/** Has the service worker keep the page's files, for when there is no network. */
export function keepFiles(): void {
  navigator.serviceWorker?.controller?.postMessage('keep')
}

// A browser that keeps nothing could reload for ever.
function tried(): boolean {
  try {
    return sessionStorage.getItem(KEY) !== null
  } catch {
    return true
  }
}
function remember(): boolean {
  try {
    sessionStorage.setItem(KEY, '1')
    return sessionStorage.getItem(KEY) === '1'
  } catch {
    return false
  }
}
function forget(): void {
  try {
    sessionStorage.removeItem(KEY)
  } catch { /* there is nothing to forget */ }
}
