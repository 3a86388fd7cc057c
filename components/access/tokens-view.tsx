'use client'
// components/access/tokens-view.tsx: secrets that let programs in: what they may do, until when, and when they last did. The
// secret is shown once.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import type { TokenRow } from '../../server/shared/views'
import { TypedName } from '../change/typed-name'
import { Age, Moment } from '../format'
import { QueryFault, Region } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { LinkButton } from '../ui/link'
import { Panel } from '../ui/panel'
import { Empty } from '../ui/region'
import { Table, Td, Th, Tr } from '../ui/table'
import { Tag } from '../ui/tag'
import { useToast } from '../ui/toast'
import { PeopleFrame } from './people-frame'
import { useRightWords } from './right-words'
import { TokenSheet } from './token-sheet'

export function TokensView() {
  const t = useTranslations('people')
  const words = useRightWords()
  const trpc = useTRPC()
  const cache = useQueryClient()
  const toast = useToast()
  const [making, setMaking] = useState(false)
  const [leaving, setLeaving] = useState<TokenRow | null>(null)
  const tokens = useQuery(trpc.access.tokens.queryOptions(undefined, { meta: { still: true } }))
  const revoke = useMutation(
    trpc.access.revokeToken.mutationOptions({
      onSuccess: async () => {
        await cache.invalidateQueries(trpc.access.pathFilter())
        toast({ text: t('token.revoked') })
        setLeaving(null)
      },
    }),
  )
  return (
    <PeopleFrame
      action={
        <Button look="primary" onClick={() => setMaking(true)}>
          <Plus />
          {t('token.create')}
        </Button>
      }
    >
      <Panel title={t('tab.tokens')}>
        <Region query={tokens}>
          {(rows) =>
            rows.length === 0 ? (
              <Empty title={t('token.none')} className="border-t border-hair">
                {t('token.noneNote')}
              </Empty>
            ) : (
              <Table className="border-t border-hair">
                <thead>
                  <tr>
                    <Th className="w-44">{t('token.name')}</Th>
                    <Th className="w-32 max-sm:hidden">{t('token.owner')}</Th>
                    <Th className="max-md:hidden">{t('token.rights')}</Th>
                    <Th className="w-44">{t('token.expires')}</Th>
                    <Th className="w-32 max-sm:hidden">{t('token.lastUsed')}</Th>
                    <Th className="w-24" aria-label={t('token.action')} />
                  </tr>
                </thead>
                <tbody>
                  {rows.map((row) => (
                    <Tr key={row.id}>
                      <Td>{row.name}</Td>
                      <Td className="max-sm:hidden">{row.owner}</Td>
                      <Td className="whitespace-normal text-ink-2 max-md:hidden">
                        {row.rights.map(words.right).join(', ')}
                        <span className="text-ink-3"> · {words.cluster(row.cluster)}</span>
                      </Td>
                      <Td>
                        {row.expiresAt < Date.now() ? <Tag>{t('token.expired')}</Tag> : <Moment at={row.expiresAt} />}
                      </Td>
                      <Td className="max-sm:hidden">
                        {row.lastUsedAt === null ? t('token.never') : <Age at={row.lastUsedAt} />}
                      </Td>
                      <Td number>
                        <LinkButton
                          className="text-crit"
                          aria-label={t('token.revokeNamed', { name: row.name })}
                          onClick={() => {
                            revoke.reset() // why another could not be revoked
                            setLeaving(row)
                          }}
                        >
                          {t('token.revoke')}
                        </LinkButton>
                      </Td>
                    </Tr>
                  ))}
                </tbody>
              </Table>
            )
          }
        </Region>
      </Panel>
      {making ? <TokenSheet onClose={() => setMaking(false)} /> : null}
      {leaving ? (
        <Dialog open onOpenChange={() => setLeaving(null)} title={t('token.revokeTitle')}>
          <TypedName
            name={leaving.name}
            effect={t('token.revoke')}
            note={t('token.revokeNote', { owner: leaving.owner })}
            busy={revoke.isPending}
            fault={revoke.error && <QueryFault error={revoke.error} className="px-0 py-1" />}
            onApply={() => revoke.mutate({ id: leaving.id })}
          />
        </Dialog>
      ) : null}
    </PeopleFrame>
  )
}
