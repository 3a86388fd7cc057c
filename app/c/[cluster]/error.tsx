'use client'
// app/c/[cluster]/error.tsx: a page that could not be drawn says so in place, and can be tried again.
import { Broken } from '../../../components/shell/lost'

export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return <Broken error={error} onRetry={reset} />
}
