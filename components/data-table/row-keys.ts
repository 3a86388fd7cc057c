'use client'
// components/data-table/row-keys.ts: rows by keyboard: j k (or arrows) move, Enter opens, x ticks, `.` opens the row's menu.
// Single keys are silent while somebody types, and while a dialog or menu is open above the page.
import { useEffect, useRef } from 'react'

export interface RowKeys {
  readonly move: (by: 1 | -1) => void
  readonly open: () => void
  readonly tick?: (() => void) | undefined
  readonly menu?: (() => void) | undefined
}

export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName) || target.role === 'combobox')

/** Something lies over the page and owns the keyboard. */
export const isCovered = (): boolean =>
  document.querySelector('[role="dialog"][data-state="open"],[role="menu"],[role="listbox"],[role="alertdialog"]') !==
  null

export const useRowKeys = (keys: RowKeys, on: boolean): void => {
  const latest = useRef(keys)
  useEffect(() => {
    latest.current = keys
  })
  useEffect(() => {
    if (!on) return
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      if (isTyping(event.target) || isCovered()) return
      const inTable = event.target instanceof HTMLElement && event.target.closest('tbody') !== null
      const { move, open, tick, menu } = latest.current
      const act =
        event.key === 'j' || (inTable && event.key === 'ArrowDown')
          ? () => move(1)
          : event.key === 'k' || (inTable && event.key === 'ArrowUp')
            ? () => move(-1)
            : event.key === 'Enter' && event.target instanceof HTMLElement && event.target.tagName === 'TR'
              ? open
              : event.key === 'x'
                ? tick
                : event.key === '.'
                  ? menu
                  : undefined
      if (act === undefined) return
      event.preventDefault()
      act()
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [on])
}
