'use client'
// components/ui/tabs.tsx: two kinds of tabs: of a page, which are links (every view has an address), and of a panel, which
// are not. Both may carry a count and a mark.
import { Tabs as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { cn } from './cn'
import { Link } from './link'
import { Mark, type MarkState } from './mark'

interface TabWords {
  readonly label: ReactNode
  readonly count?: ReactNode
  readonly mark?: { readonly state: MarkState; readonly label: string } | undefined
}
export interface PageTab extends TabWords {
  readonly href: string
}

const tabLooks =
  'flex h-[34px] flex-none items-center gap-1.5 border-b-2 border-transparent px-2.5 text-[13px] whitespace-nowrap text-ink-2 -mb-px hover:text-ink hover:no-underline max-sm:h-11'

const TabInside = ({ label, count, mark }: TabWords) => (
  <>
    {label}
    {count === undefined ? null : <span className="tnum text-xs font-normal text-ink-3">{count}</span>}
    {mark ? <Mark state={mark.state} label={mark.label} /> : null}
  </>
)

/** Tabs of a page. They reach to the edges of the content (20 px) and scroll sideways where it is narrow. */
export const PageTabs = (props: { tabs: readonly PageTab[]; current: string; label: string; className?: string }) => (
  <nav
    aria-label={props.label}
    className={cn(
      'flex gap-0.5 overflow-x-auto overflow-y-hidden border-b border-line [scrollbar-width:none] -mx-5 px-4 max-sm:-mx-3 max-sm:px-2',
      props.className,
    )}
  >
    {props.tabs.map(({ href, ...words }) => {
      const current = href === props.current
      return (
        <Link
          key={href}
          href={href}
          quiet
          scroll={false}
          data-tab
          aria-current={current ? 'page' : undefined}
          className={cn(tabLooks, current && 'border-tide font-strong text-ink')}
        >
          <TabInside {...words} />
        </Link>
      )
    })}
  </nav>
)

export interface PanelTab<T extends string> extends TabWords {
  readonly value: T
  readonly content: ReactNode
}
/** Tabs inside a panel or pane. Only the chosen one's content is there. */
export const PanelTabs = <T extends string>(props: {
  tabs: readonly PanelTab<T>[]
  value: T
  onChange: (value: T) => void
  label: string
  className?: string
}) => (
  // Radix speaks of strings; only values of `tabs` can come back.
  <Radix.Root value={props.value} onValueChange={(next) => props.onChange(next as T)} className="flex min-h-0 flex-col">
    <Radix.List
      aria-label={props.label}
      className={cn(
        'flex flex-none gap-0.5 overflow-x-auto border-b border-line [scrollbar-width:none]',
        props.className,
      )}
    >
      {props.tabs.map(({ value, content: _, ...words }) => (
        <Radix.Trigger
          key={value}
          value={value}
          className={cn(
            tabLooks,
            'data-[state=active]:border-tide data-[state=active]:font-strong data-[state=active]:text-ink',
          )}
        >
          <TabInside {...words} />
        </Radix.Trigger>
      ))}
    </Radix.List>
    {props.tabs.map(({ value, content }) => (
      <Radix.Content key={value} value={value} className="min-h-0 flex-1 outline-none">
        {content}
      </Radix.Content>
    ))}
  </Radix.Root>
)
