// The top of a page: its name, what it has to choose from, language and theme.
import type { ComponentChildren } from 'preact'
import { nextTheme, theme } from '../state/theme.ts'
import { language, speak } from '../text/language.ts'
import { words } from '../text/words.ts'
import { Half, Moon, Sun } from './icons.tsx'

const THEME_ICONS = { auto: Half, light: Sun, dark: Moon }

export function Bar({ children }: { readonly children?: ComponentChildren }) {
  const { skip, theme: themes } = words.value
  const ThemeIcon = THEME_ICONS[theme.value]
  const other = language.value === 'en' ? 'zh' : 'en'
  return (
    <header class="top">
      <a class="skip" href="#main" onClick={(event) => {
        event.preventDefault()
        document.getElementById('main')!.focus()
      }}>{skip}</a>
      <div class="brand"><Logo /><span>Ganglion</span></div>
      {children}
      <div class="tools">
        <button type="button" class="quiet" lang={other === 'zh' ? 'zh-Hans' : 'en'} onClick={() => speak(other)}>
          {other === 'zh' ? '中文' : 'English'}
        </button>
        <button type="button" class="quiet round" aria-label={themes[theme.value]} title={themes[theme.value]}
          onClick={nextTheme}>
          <ThemeIcon />
        </button>
      </div>
    </header>
  )
}

function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
      <rect class="ground" width="32" height="32" rx="9" />
      <path d="M8 10.5 16 16m0 0 8-5.500M16 16v8" fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round" />
      <g fill="#fff"><circle cx="7.5" cy="10" r="3" /><circle cx="24.5" cy="10" r="3" /><circle cx="16" cy="25" r="3" />
        <circle cx="16" cy="16" r="3.6" /></g>
    </svg>
  )
}
