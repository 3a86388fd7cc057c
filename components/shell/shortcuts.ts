'use client'
// components/shell/shortcuts.ts: keys that hold everywhere. Single keys are off while one types, while a dialog or menu is
// open, and for those who switched them off; rows of a table have their own (components/data-table).
import { useRouter } from 'next/navigation'
import { useEffect, useRef } from 'react'
import { useRefresh } from '../trpc/refresh'
import { useMe } from './cluster'
import { pages } from './pages'

const CHORD_MS = 1200

const typesText = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    /^(TEXTAREA|SELECT)$/.test(target.tagName) ||
    (target.tagName === 'INPUT' && !/^(checkbox|radio|button)$/.test((target as HTMLInputElement).type))) // tagName says so

const layerIsOpen = (): boolean => document.querySelector('[role="dialog"],[role="menu"],[role="listbox"]') !== null

/** Goes to the tab before or after the current one, where a page has tabs. */
function stepTab(by: 1 | -1): void {
  const tabs = [...document.querySelectorAll<HTMLElement>('[data-tab]')]
  const at = tabs.findIndex((tab) => tab.getAttribute('aria-current') === 'page')
  tabs[(at + by + tabs.length) % tabs.length]?.click()
}

const openMenu = (name: string) => {
  const trigger = document.querySelector<HTMLElement>(`[data-shortcut="${name}"]`)
  trigger?.focus()
  trigger?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true })) // Radix opens menus on key and pointer, not on click()
}

export function useShortcuts(on: {
  cluster: string
  onPalette: () => void
  onSheet: () => void
  onCopyLink: () => void
}): void {
  const router = useRouter()
  const { now } = useRefresh()
  const me = useMe()
  const singleKeys = me?.settings.singleKeys ?? true
  const latest = useRef(on)
  latest.current = on
  const chord = useRef(0)

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        latest.current.onPalette()
        return
      }
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      if (!singleKeys || typesText(event.target) || layerIsOpen()) return
      const inChord = Date.now() - chord.current < CHORD_MS
      chord.current = 0
      if (inChord) {
        const page = pages.find(({ key }) => key === event.key)
        if (page && latest.current.cluster !== '') {
          event.preventDefault()
          router.push(page.href(latest.current.cluster))
        }
        return
      }
      const act = acts[event.key]
      if (!act) return
      event.preventDefault()
      act()
    }
    const acts: Record<string, (() => void) | undefined> = {
      g: () => {
        chord.current = Date.now()
      },
      '/': () => {
        const filter = document.querySelector<HTMLInputElement>('[data-filter]')
        if (filter) filter.focus()
        else latest.current.onPalette()
      },
      '?': () => latest.current.onSheet(),
      c: () => latest.current.onCopyLink(),
      r: now,
      t: () => openMenu('range'),
      '[': () => stepTab(-1),
      ']': () => stepTab(1),
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [router, now, singleKeys])
}
