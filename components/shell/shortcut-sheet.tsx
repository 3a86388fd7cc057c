'use client'
// components/shell/shortcut-sheet.tsx: every key there is, in one dialog.
import { useTranslations } from 'use-intl'
import { Dialog } from '../ui/dialog'
import { Kbd } from '../ui/tag'
import { pages } from './pages'

const everywhere = [
  ['palette', ['Ctrl K']],
  ['filter', ['/']],
  ['refresh', ['r']],
  ['range', ['t']],
  ['tabs', ['[', ']']],
  ['copyLink', ['c']],
  ['sheet', ['?']],
  ['close', ['Esc']],
] as const
const inTables = [
  ['rows', ['j', 'k']],
  ['open', ['Enter']],
  ['tick', ['x']],
  ['rowMenu', ['.']],
] as const

export function ShortcutSheet(props: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const t = useTranslations('shell')
  const rows = (list: typeof everywhere | typeof inTables) =>
    list.map(([name, keys]) => <Row key={name} name={t(`keys.${name}`)} keys={keys} />)
  return (
    <Dialog {...props} title={t('shortcuts')} className="w-[640px]">
      <div className="grid grid-cols-2 gap-x-8 gap-y-4 text-sm max-sm:grid-cols-1">
        <section>
          <h3 className="pb-1 text-xs text-ink-3">{t('keys.everywhere')}</h3>
          {rows(everywhere)}
          <h3 className="pt-3 pb-1 text-xs text-ink-3">{t('keys.inTables')}</h3>
          {rows(inTables)}
        </section>
        <section>
          <h3 className="pb-1 text-xs text-ink-3">{t('keys.goTo')}</h3>
          {pages.map(({ id, key }) => (key ? <Row key={id} name={t(`page.${id}`)} keys={['g', key]} /> : null))}
        </section>
      </div>
    </Dialog>
  )
}

const Row = ({ name, keys }: { name: string; keys: readonly string[] }) => (
  <div className="flex h-7 items-center border-b border-hair">
    <span className="flex-1">{name}</span>
    <span className="flex gap-1">
      {keys.map((key, place) => (
        // Two keys may be the same one twice: `g g`.
        // biome-ignore lint/suspicious/noArrayIndexKey: their order is what they are
        <Kbd key={place}>{key}</Kbd>
      ))}
    </span>
  </div>
)
