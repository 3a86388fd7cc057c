// components/ui/code.tsx: program text, with its strings and words coloured. A reader's aid, not a parser: what it does not
// know stays plain.
import type { ReactNode } from 'react'
import { cn } from './cn'

/** Strings first, so that nothing inside them is coloured again; then words that a language keeps for itself. */
const pieces =
  /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)|(\/\/[^\n]*|^\s*#[^\n]*)|\b(new|const|let|var|await|async|import|from|package|func|defer|return|def|class|for|if|else|public|static|void|try|with|as|type|range|throws|true|false|null|nil|None)\b/gm

export function coloured(code: string): ReactNode[] {
  const out: ReactNode[] = []
  let at = 0
  for (const found of code.matchAll(pieces)) {
    const [text, string, comment] = found
    if (found.index > at) out.push(code.slice(at, found.index))
    const tone = string ? 'text-ok' : comment ? 'text-ink-3' : 'text-tide'
    out.push(
      <span key={found.index} className={tone}>
        {text}
      </span>,
    )
    at = found.index + text.length
  }
  out.push(code.slice(at))
  return out
}

export const Code = ({ children, className, label }: { children: string; className?: string; label: string }) => (
  <section
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    tabIndex={0}
    aria-label={label}
    className={cn(
      'overflow-auto rounded-md border border-hair bg-sunken px-3.5 py-3 text-sm/[20px] text-ink',
      className,
    )}
  >
    <pre className="mono whitespace-pre max-sm:whitespace-pre-wrap max-sm:[overflow-wrap:anywhere]">
      <code className="font-mono">{coloured(children)}</code>
    </pre>
  </section>
)
