'use client'
// components/access/users-view.tsx: who has an account here, with which role, and where they were last seen.
import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import type { UserRow } from '../../server/shared/views'
import { Age, Moment, NotApplicable, useFormat } from '../format'
import { useMe } from '../shell/cluster'
import { Region } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { LinkButton } from '../ui/link'
import { Panel } from '../ui/panel'
import { Table, Td, Th, Tr } from '../ui/table'
import { Tag } from '../ui/tag'
import { PeopleFrame } from './people-frame'
import { useRightWords } from './right-words'
import { NewUserSheet, UserSheet } from './user-sheets'

export function UsersView() {
  const t = useTranslations('people')
  const format = useFormat()
  const words = useRightWords()
  const trpc = useTRPC()
  const isAdmin = useMe()?.rights.includes('console.admin') ?? false
  const users = useQuery(trpc.access.users.queryOptions(undefined, { enabled: isAdmin, meta: { still: true } }))
  const [making, setMaking] = useQueryState('new', parseAsStringLiteral(['user'] as const))
  const [open, setOpen] = useState<number | null>(null)
  const row = users.data?.find(({ id }) => id === open)
  return (
    <PeopleFrame
      needsAdmin
      action={
        <Button look="primary" onClick={() => void setMaking('user')}>
          <Plus />
          {t('user.create')}
        </Button>
      }
    >
      <Panel title={t('tab.users')}>
        <Region query={users}>
          {(rows) => (
            <Table className="border-t border-hair">
              <thead>
                <tr>
                  <Th>{t('user.name')}</Th>
                  <Th className="w-40">{t('user.role')}</Th>
                  <Th className="w-44 max-md:hidden">{t('user.created')}</Th>
                  <Th className="w-36 max-sm:hidden">{t('user.lastSeen')}</Th>
                  <Th number className="w-24 max-md:hidden">
                    {t('user.sessions')}
                  </Th>
                  <Th number className="w-24 max-md:hidden">
                    {t('user.tokens')}
                  </Th>
                </tr>
              </thead>
              <tbody>
                {rows.map((one) => (
                  <Tr key={one.id} opens onClick={() => setOpen(one.id)}>
                    <Td>
                      <UserName row={one} onOpen={() => setOpen(one.id)} />
                    </Td>
                    <Td>
                      {words.role(one.role)}
                      {one.extra.length > 0 ? (
                        <span className="text-ink-3"> {t('user.andExtra', { count: one.extra.length })}</span>
                      ) : null}
                    </Td>
                    <Td className="max-md:hidden">
                      <Moment at={one.createdAt} />
                    </Td>
                    <Td className="max-sm:hidden">
                      {one.lastSeenAt === null ? <NotApplicable /> : <Age at={one.lastSeenAt} />}
                    </Td>
                    <Td number className="max-md:hidden">
                      {format.count(one.sessions)}
                    </Td>
                    <Td number className="max-md:hidden">
                      {format.count(one.tokens)}
                    </Td>
                  </Tr>
                ))}
              </tbody>
            </Table>
          )}
        </Region>
      </Panel>
      <NewUserSheet open={making !== null} onOpenChange={(on) => void setMaking(on ? 'user' : null)} />
      {row ? <UserSheet key={row.id} row={row} onClose={() => setOpen(null)} /> : null}
    </PeopleFrame>
  )
}
function UserName({ row, onOpen }: { row: UserRow; onOpen: () => void }) {
  const t = useTranslations('people')
  return (
    <span className="flex items-center gap-2">
      <LinkButton className="text-ink" onClick={onOpen}>
        {row.name}
      </LinkButton>
      {row.self ? <Tag>{t('user.self')}</Tag> : null}
      {row.source === 'oidc' ? <Tag>{t('user.sso')}</Tag> : null}
      {row.locked ? <Tag>{t('user.locked')}</Tag> : null}
    </span>
  )
}
