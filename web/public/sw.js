// The page's service worker: it adds the headers that isolate a page from others, which threads need and few static hosts send,
// and keeps the page's files, so that it works offline after the first visit. The build writes the names of the files in.
const CACHE = `ganglion ${'VERSION'}`
const FILES = ['FILES']

const isolated = (response) => {
  // What came from elsewhere without being asked, or is a redirect, cannot be made anew.
  if (response.type === 'opaque' || response.type === 'opaqueredirect' || response.status === 0) return response
  const headers = new Headers(response.headers)
  headers.set('Cross-Origin-Opener-Policy', 'same-origin')
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp')
  headers.set('Cross-Origin-Resource-Policy', 'same-origin')
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers })
}

/** Files whose names hold a hash of what is in them never change. */
const lasting = (url) => /\/assets\/[^/]+-[\w-]{8}\.\w+$/.test(url.pathname)

async function fetched(request) {
  const response = await fetch(request)
  if (response.ok) {
    const cache = await caches.open(CACHE)
    await cache.put(request, response.clone()).catch(() => undefined)
  }
  return response
}

async function answer(request) {
  const kept = () => caches.match(request, { ignoreSearch: request.mode === 'navigate' })
  if (lasting(new URL(request.url))) return (await kept()) ?? fetched(request)
  try {
    return await fetched(request)
  } catch (error) {
    const found = await kept()
    if (found) return found
    throw error
  }
}

// The page waits for the headers: files are kept later, when it trains and asks for that.
self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('message', (event) => {
  const keep = async () => {
    const cache = await caches.open(CACHE)
    const missing = await Promise.all(FILES.map(async (file) => ((await cache.match(file)) ? null : file)))
    await Promise.allSettled(missing.filter(Boolean).map((file) => cache.add(file)))
  }
  if (event.data === 'keep') event.waitUntil(keep())
})

self.addEventListener('activate', (event) => {
  const old = async () => (await caches.keys()).filter((name) => name.startsWith('ganglion ') && name !== CACHE)
  event.waitUntil(old().then((names) => Promise.all(names.map((name) => caches.delete(name)))).then(() => self.clients.claim()))
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  if (request.method !== 'GET' || new URL(request.url).origin !== location.origin) return
  event.respondWith(answer(request).then(isolated))
})
