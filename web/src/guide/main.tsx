// What a page of the guide does beside being read: the theme, live cells as high as what is in them, and that the whole site is
// found without a network after the first visit.
import { render } from 'preact'
import { Half, Moon, Sun } from '../parts/icons.tsx'
import { nextTheme, theme } from '../state/theme.ts'
import './guide.css'

const ICONS = { auto: Half, light: Sun, dark: Moon }
const NAMES = { auto: 'Theme: as the system', light: 'Theme: light', dark: 'Theme: dark' }

function Theme() {
  const Icon = ICONS[theme.value]
  const name = NAMES[theme.value]
  return <button type="button" class="quiet round" aria-label={name} title={name} onClick={nextTheme}><Icon /></button>
}

/** Makes a frame as high as its page, now and whenever that changes. */
function fit(frame: HTMLIFrameElement): void {
  const watch = () => {
    const content = frame.contentDocument?.getElementById('app')
    if (!content) return
    new ResizeObserver(() => (frame.style.height = `${content.scrollHeight}px`)).observe(content)
  }
  frame.addEventListener('load', watch)
  watch()
}

async function keepOffline(root: URL): Promise<void> {
  if (!('serviceWorker' in navigator) || !isSecureContext || import.meta.env.DEV) return
  if (!await navigator.serviceWorker.register(new URL('sw.js', root)).catch(() => null)) return
  const { active } = await navigator.serviceWorker.ready
  active?.postMessage('keep')
}

render(<Theme />, document.querySelector('.tools')!)
document.querySelectorAll<HTMLIFrameElement>('.live iframe').forEach(fit)
void keepOffline(new URL(document.querySelector<HTMLElement>('.top')!.dataset['root']!, location.href))
