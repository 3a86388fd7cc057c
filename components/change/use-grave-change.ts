'use client'
// components/change/use-grave-change.ts: the one way in which something grave is done: preview, look, confirm, apply, result.
// The server compares with the preview when it applies; if something moved meanwhile nothing was done, and the new preview
// is shown with the changed rows marked. An old preview is never applied: it is taken anew first.
import { useCallback, useRef, useState } from 'react'
import type { ApplyResult, GravePreview } from '../../server/shared/views'
import { faultOf } from '../trpc/fault'

/** A preview older than this is taken again before anything is applied. */
export const PREVIEW_LASTS_MS = 120_000

export interface Grave<P extends GravePreview, R = ApplyResult> {
  readonly phase: 'idle' | 'previewing' | 'previewed' | 'applying' | 'done'
  readonly preview: P | null
  /** Why the preview on screen is not the one asked for first: something moved, or it had grown old. */
  readonly anew: 'drift' | 'old' | null
  readonly result: R | null
  readonly error: unknown
  readonly take: () => Promise<void>
  readonly apply: (confirm: string, reason: string) => Promise<void>
  readonly reset: () => void
}

export const useGraveChange = <P extends GravePreview, R = ApplyResult>(ask: {
  readonly preview: () => Promise<P>
  readonly apply: (preview: P, confirm: string, reason: string) => Promise<R>
  /** Only previews of this kind are taken from a fault. */
  readonly is: (preview: GravePreview) => preview is P
}): Grave<P, R> => {
  const [phase, setPhase] = useState<Grave<P>['phase']>('idle')
  const [preview, setPreview] = useState<P | null>(null)
  const [anew, setAnew] = useState<Grave<P>['anew']>(null)
  const [result, setResult] = useState<R | null>(null)
  const [error, setError] = useState<unknown>(null)
  const latest = useRef(ask)
  latest.current = ask
  const turn = useRef(0) // an answer to a question that was asked again is dropped

  const take = useCallback(async (why: Grave<P>['anew'] = null) => {
    turn.current += 1
    const mine = turn.current
    setPhase('previewing')
    setError(null)
    setResult(null)
    try {
      const fresh = await latest.current.preview()
      if (mine !== turn.current) return
      setPreview(fresh)
      setAnew(why)
      setPhase('previewed')
    } catch (fault) {
      if (mine !== turn.current) return
      setError(fault)
      setPhase('previewed')
    }
  }, [])

  const apply = useCallback(
    async (confirm: string, reason: string) => {
      if (preview === null) return
      if (Date.now() - preview.at > PREVIEW_LASTS_MS) return take('old')
      setPhase('applying')
      setError(null)
      try {
        setResult(await latest.current.apply(preview, confirm, reason))
        setPhase('done')
      } catch (failure) {
        const fault = faultOf(failure)
        if (fault?.kind === 'drift' && fault.preview !== null && latest.current.is(fault.preview)) {
          setPreview(fault.preview)
          setAnew('drift')
          setPhase('previewed')
        } else if (fault?.kind === 'drift' || fault?.kind === 'preview-expired') {
          await take(fault.kind === 'drift' ? 'drift' : 'old')
        } else {
          setError(failure)
          setPhase('previewed')
        }
      }
    },
    [preview, take],
  )
  const reset = useCallback(() => {
    turn.current += 1
    setPhase('idle')
    setPreview(null)
    setAnew(null)
    setResult(null)
    setError(null)
  }, [])
  return { phase, preview, anew, result, error, take: useCallback(() => take(), [take]), apply, reset }
}
