'use client'
// components/access/token-sheet.tsx: a new token: no right its maker lacks. Its secret is here once, with a line to try it.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { customRights, type Right } from '../../server/shared/rights'
import { useMe } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { basePath, useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Code } from '../ui/code'
import { CopyButton } from '../ui/copy'
import { Sheet } from '../ui/dialog'
import { Field, Input } from '../ui/input'
import { Segmented } from '../ui/segmented'
import { Select } from '../ui/select'
import { Checkbox } from '../ui/tick'
import { ALL, useRightWords } from './right-words'

const spans = ['7', '30', '90', '365'] as const

export function TokenSheet({ onClose }: { onClose: () => void }) {
  const t = useTranslations('people')
  const words = useRightWords()
  const trpc = useTRPC()
  const cache = useQueryClient()
  const held = useMe()?.rights ?? []
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<readonly Right[]>(['cluster.read'])
  const [cluster, setCluster] = useState(ALL)
  const [days, setDays] = useState<(typeof spans)[number]>('30')
  const create = useMutation(
    trpc.access.createToken.mutationOptions({ onSuccess: () => cache.invalidateQueries(trpc.access.pathFilter()) }),
  )
  const secret = create.data?.secret
  const reason = name.trim() === '' ? t('token.nameFirst') : chosen.length === 0 ? t('token.rightFirst') : undefined
  return (
    <Sheet
      open
      onOpenChange={(open) => open || onClose()}
      width="pane"
      stays={secret !== undefined}
      title={t('token.create')}
      footer={
        <>
          <span className="flex-1" />
          {secret === undefined ? (
            <>
              <Button className="h-8" onClick={onClose}>
                {t('cancel')}
              </Button>
              <Button
                look="primary"
                className="h-8"
                busy={create.isPending}
                reason={reason}
                onClick={() => create.mutate({ name, rights: [...chosen], cluster, days: Number(days) })}
              >
                {t('token.createEffect')}
              </Button>
            </>
          ) : (
            <Button look="primary" className="h-8" onClick={onClose}>
              {t('token.kept')}
            </Button>
          )}
        </>
      }
    >
      {secret !== undefined ? (
        <div className="flex flex-col gap-3">
          <p className="font-strong text-sm">{t('token.once')}</p>
          <div className="flex items-center gap-2 rounded-md border border-line bg-sunken px-3 py-2">
            <output className="mono min-w-0 flex-1 break-all text-sm" aria-label={t('token.secret')}>
              {secret}
            </output>
            <CopyButton text={secret} words />
          </div>
          <Code label={t('token.example')}>{exampleOf(secret)}</Code>
        </div>
      ) : (
        <div className="flex flex-col gap-4">
          <Field label={t('token.name')} hint={t('token.nameHint')}>
            <Input autoFocus maxLength={80} value={name} onChange={(event) => setName(event.target.value)} />
          </Field>
          <fieldset>
            <legend className="mb-1 text-ink-2 text-xs">{t('token.rights')}</legend>
            <div className="grid grid-cols-2 gap-x-4 gap-y-1 max-sm:grid-cols-1">
              {customRights
                .filter((right) => held.includes(right))
                .map((right) => (
                  <Checkbox
                    key={right}
                    checked={chosen.includes(right)}
                    onChange={(on) => setChosen(on ? [...chosen, right] : chosen.filter((one) => one !== right))}
                  >
                    {words.right(right)}
                  </Checkbox>
                ))}
            </div>
          </fieldset>
          <Field label={t('role.cluster')} className="w-60 max-sm:w-full">
            <Select value={cluster} onChange={setCluster} choices={words.clusterChoices} />
          </Field>
          <div>
            <div className="mb-[3px] text-ink-2 text-xs">{t('token.days')}</div>
            <Segmented
              label={t('token.days')}
              value={days}
              onChange={setDays}
              choices={spans.map((value) => ({ value, label: t('token.span', { days: Number(value) }) }))}
            />
          </div>
          {create.error ? <QueryFault error={create.error} className="px-0 py-1" /> : null}
        </div>
      )}
    </Sheet>
  )
}
const exampleOf = (secret: string): string =>
  `curl -H 'authorization: Bearer ${secret}' \\
  ${window.location.origin}${basePath}/api/v1/cluster/list`
