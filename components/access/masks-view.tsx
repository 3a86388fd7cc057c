'use client'
// components/access/masks-view.tsx: the masking rules: of which topics, which part of a message, hidden how.
import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { useMe } from '../shell/cluster'
import { Region } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { LinkButton } from '../ui/link'
import { Panel, PanelFoot } from '../ui/panel'
import { Empty } from '../ui/region'
import { Table, Td, Th, Tr } from '../ui/table'
import { MaskSheet } from './mask-sheet'
import { PeopleFrame } from './people-frame'
import { useRightWords } from './right-words'

export function MasksView() {
  const t = useTranslations('people')
  const words = useRightWords()
  const trpc = useTRPC()
  const isAdmin = useMe()?.rights.includes('console.admin') ?? false
  const masks = useQuery(trpc.access.masks.queryOptions(undefined, { enabled: isAdmin, meta: { still: true } }))
  /** The id of the rule that is open, or an empty one for a rule that is being made. */
  const [open, setOpen] = useState<string | null>(null)
  return (
    <PeopleFrame
      needsAdmin
      action={
        <Button look="primary" onClick={() => setOpen('')}>
          <Plus />
          {t('mask.create')}
        </Button>
      }
    >
      <Panel title={t('mask.title')}>
        <Region query={masks}>
          {(rules) =>
            rules.length === 0 ? (
              <Empty title={t('mask.none')} className="border-hair border-t">
                {t('mask.noneNote')}
              </Empty>
            ) : (
              <Table className="border-hair border-t">
                <thead>
                  <tr>
                    <Th>{t('mask.topics')}</Th>
                    <Th className="w-44 max-md:hidden">{t('mask.cluster')}</Th>
                    <Th className="w-48 max-sm:hidden">{t('mask.partLabel')}</Th>
                    <Th>{t('mask.field')}</Th>
                    <Th className="w-28">{t('mask.howLabel')}</Th>
                  </tr>
                </thead>
                <tbody>
                  {rules.map((rule) => (
                    <Tr key={rule.id} opens onClick={() => setOpen(rule.id)}>
                      <Td className="mono">
                        <LinkButton
                          className="text-ink"
                          aria-label={t('mask.edit', { topics: rule.topics })}
                          onClick={() => setOpen(rule.id)}
                        >
                          {rule.topics}
                        </LinkButton>
                      </Td>
                      <Td className="max-md:hidden">{words.cluster(rule.cluster)}</Td>
                      <Td className="max-sm:hidden">{t(`mask.part.${rule.part}`)}</Td>
                      <Td className="mono">{rule.field}</Td>
                      <Td>{t(`mask.how.${rule.how}`)}</Td>
                    </Tr>
                  ))}
                </tbody>
              </Table>
            )
          }
        </Region>
        <PanelFoot className="py-2">{t('mask.note')}</PanelFoot>
      </Panel>
      {open !== null && (
        <MaskSheet key={open} rule={masks.data?.find(({ id }) => id === open)} onClose={() => setOpen(null)} />
      )}
    </PeopleFrame>
  )
}
