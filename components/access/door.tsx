// components/access/door.tsx: the page before the console: a spine, what this is at the left, one thing to do at the right.
import type { ReactNode } from 'react'
import { Logo } from '../shell/logo'

export const Door = ({ aside, foot, children }: { aside?: ReactNode; foot?: ReactNode; children: ReactNode }) => (
  <div className="grid min-h-full grid-cols-[4px_minmax(0,1fr)] md:grid-cols-[4px_380px_minmax(0,1fr)]">
    <div aria-hidden className="bg-(--spine-tide) max-md:row-span-2" />
    <div className="flex flex-col border-line bg-ground px-5 pt-5 max-md:pb-4 md:border-r md:px-10 md:py-11">
      <div className="flex items-center gap-2">
        <Logo />
        <span className="text-[17px] font-semibold tracking-[-0.01em]">rocketdeck</span>
      </div>
      {aside}
      {foot ? <div className="mt-auto text-sm/[19px] text-ink-3 max-md:hidden">{foot}</div> : null}
    </div>
    <main className="min-w-0 bg-panel px-5 py-8 max-md:col-start-2 md:px-18 md:py-23">{children}</main>
  </div>
)
