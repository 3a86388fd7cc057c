'use client'
// components/data-table/use-width.ts: how wide an element is drawn, and whether the window is a phone's.
import { type RefObject, useEffect, useState, useSyncExternalStore } from 'react'

export const useWidth = (element: RefObject<HTMLElement | null>, before: number): number => {
  const [width, setWidth] = useState(before)
  useEffect(() => {
    const node = element.current
    if (node === null) return
    const watch = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setWidth(Math.round(entry.contentRect.width))
    })
    watch.observe(node)
    return () => watch.disconnect()
  }, [element])
  return width
}

const PHONE = '(max-width: 639px)'
const watchPhone = (changed: () => void) => {
  const query = matchMedia(PHONE)
  query.addEventListener('change', changed)
  return () => query.removeEventListener('change', changed)
}
/** Drawn on the server as a table; a phone turns it into cards at once. */
export const usePhone = (): boolean =>
  useSyncExternalStore(
    watchPhone,
    () => matchMedia(PHONE).matches,
    () => false,
  )
