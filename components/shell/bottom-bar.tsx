'use client'
// components/shell/bottom-bar.tsx: below 640 px, the pages a thumb reaches, and a way to the others.
import { Menu as MenuIcon } from 'lucide-react'
import { usePathname } from 'next/navigation'
import { useTranslations } from 'use-intl'
import { cn } from '../ui/cn'
import { Link } from '../ui/link'
import { type PageId, pageAt, pages } from './pages'

const shown = ['overview', 'alarms', 'groups', 'messages'] as const satisfies readonly PageId[]
const looks =
  'flex flex-col items-center justify-center gap-[3px] text-[11px] text-ink-2 hover:no-underline [&_.lucide]:size-[19px]'

export function BottomBar({ cluster, onMore }: { cluster: string; onMore: () => void }) {
  const t = useTranslations('shell')
  const current = pageAt(usePathname(), cluster)
  if (cluster === '') return null
  return (
    <nav
      aria-label={t('quick')}
      className="fixed right-0 bottom-0 left-1 z-30 grid h-[60px] grid-cols-5 border-t border-line bg-panel sm:hidden"
    >
      {shown.map((id) => {
        const page = pages.find((one) => one.id === id)
        if (!page) return null
        const Icon = page.icon
        return (
          <Link
            key={id}
            href={page.href(cluster)}
            quiet
            aria-current={current === id ? 'page' : undefined}
            className={cn(looks, current === id && 'font-semibold text-tide')}
          >
            <Icon />
            {t(`pageShort.${id}`)}
          </Link>
        )
      })}
      <button type="button" className={looks} onClick={onMore}>
        <MenuIcon />
        {t('more')}
      </button>
    </nav>
  )
}
