'use client'
// components/group/use-reset-address.ts: what was chosen in a reset. The wizard itself holds it and writes it into the address;
// it is read from there only when the page opens and when somebody goes back. An address that arrives late, because two
// clicks were faster than the router, must never take a choice away.
import {
  createLoader,
  type inferParserType,
  parseAsArrayOf,
  parseAsString,
  parseAsStringLiteral,
  useQueryStates,
} from 'nuqs'
import { useEffect, useState } from 'react'
import { targetKinds } from './reset-draft'

export const steps = ['scope', 'target', 'preview', 'result'] as const
const parsers = {
  step: parseAsStringLiteral(steps).withDefault('scope'),
  to: parseAsStringLiteral(targetKinds).withDefault('time'),
  at: parseAsString.withDefault(''),
  by: parseAsString.withDefault(''),
  from: parseAsString.withDefault(''),
  snapshot: parseAsString.withDefault(''),
  /** Queues left out. */
  out: parseAsArrayOf(parseAsString),
}
const read = createLoader(parsers)
export type ResetChoice = inferParserType<typeof parsers>

export const useResetAddress = () => {
  const [url, setUrl] = useQueryStates(parsers)
  const [choice, setChoice] = useState<ResetChoice>(url)
  useEffect(() => {
    const back = () => setChoice(read(window.location.search))
    window.addEventListener('popstate', back)
    return () => window.removeEventListener('popstate', back)
  }, [])
  /** A step is a place of its own to go back to; what is chosen within one is not. */
  const choose = (change: Partial<ResetChoice>, history: 'push' | 'replace') => {
    const next = { ...choice, ...change }
    setChoice(next)
    // All of it each time: a write that is overtaken by the next one takes nothing with it.
    void setUrl(next, { history })
  }
  return [choice, choose] as const
}
