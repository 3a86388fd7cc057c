'use client'
// components/access/roles-view.tsx: what each role may do, roles made here, and a try: who may do something to one object?
import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { rights, rightsTable, roles } from '../../server/shared/rights'
import { useFormat } from '../format'
import { useMe } from '../shell/cluster'
import { Region } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { LinkButton } from '../ui/link'
import { Mark } from '../ui/mark'
import { Panel } from '../ui/panel'
import { Empty } from '../ui/region'
import { Table, Td, Th, Tr } from '../ui/table'
import { PeopleFrame } from './people-frame'
import { useRightWords } from './right-words'
import { RoleSheet } from './role-sheet'
import { TryAs } from './try-as'
import { WhoMay } from './who-may'

/** What has to be given by name is not held by the role: it must not look like a yes. */
const grantMark = { yes: 'ok', own: 'ok', extra: 'part', no: 'off' } as const

export function RolesView() {
  const t = useTranslations('people')
  const format = useFormat()
  const words = useRightWords()
  const trpc = useTRPC()
  const isAdmin = useMe()?.rights.includes('console.admin') ?? false
  const query = useQuery(trpc.access.roles.queryOptions(undefined, { enabled: isAdmin, meta: { still: true } }))
  /** The name of the role that is open, or an empty one for a role that is being made. */
  const [open, setOpen] = useState<string | null>(null)
  return (
    <PeopleFrame
      needsAdmin
      action={
        <Button look="primary" onClick={() => setOpen('')}>
          <Plus />
          {t('role.create')}
        </Button>
      }
    >
      <div className="grid items-start gap-2.5 lg:grid-cols-[minmax(0,1fr)_420px]">
        <Panel title={t('role.own')}>
          <Region query={query}>
            {(all) => {
              const own = all.filter(({ builtIn }) => !builtIn)
              return (
                <>
                  {own.length === 0 ? (
                    <Empty title={t('role.none')} className="border-t border-hair">
                      {t('role.noneNote')}
                    </Empty>
                  ) : (
                    <Table className="border-t border-hair">
                      <thead>
                        <tr>
                          <Th className="w-44 max-sm:w-32">{t('role.name')}</Th>
                          <Th>{t('role.grants')}</Th>
                          <Th number className="w-20">
                            {t('role.users')}
                          </Th>
                        </tr>
                      </thead>
                      <tbody>
                        {own.map((row) => (
                          <Tr key={row.name} opens onClick={() => setOpen(row.name)}>
                            <Td>
                              <LinkButton className="text-ink" onClick={() => setOpen(row.name)}>
                                {row.name}
                              </LinkButton>
                            </Td>
                            <Td className="whitespace-normal text-ink-2">{row.grants.map(words.grant).join('; ')}</Td>
                            <Td number>{format.count(row.users)}</Td>
                          </Tr>
                        ))}
                      </tbody>
                    </Table>
                  )}
                  {open === null ? null : (
                    <RoleSheet
                      key={open}
                      row={own.find(({ name }) => name === open)}
                      taken={all.map(({ name }) => name)}
                      onClose={() => setOpen(null)}
                    />
                  )}
                </>
              )
            }}
          </Region>
        </Panel>
        <div className="flex min-w-0 flex-col gap-2.5">
          <WhoMay />
          <TryAs />
        </div>
      </div>
      <Panel title={t('role.builtIn')} className="flex-none">
        <div className="overflow-x-auto border-t border-hair">
          <Table density="compact">
            <thead>
              <tr>
                <Th>{t('role.right')}</Th>
                {roles.map((role) => (
                  <Th key={role} className="w-28 max-sm:w-[68px] max-sm:px-1.5">
                    {words.role(role)}
                  </Th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rights.map((right) => (
                <tr key={right}>
                  <Td className="whitespace-normal">{words.right(right)}</Td>
                  {roles.map((role) => (
                    <Td key={role}>
                      <span className="flex items-center gap-1.5">
                        <Mark state={grantMark[rightsTable[right][role]]} />
                        <span className="max-sm:sr-only">{t(`grant.${rightsTable[right][role]}`)}</span>
                      </span>
                    </Td>
                  ))}
                </tr>
              ))}
            </tbody>
          </Table>
        </div>
      </Panel>
    </PeopleFrame>
  )
}
