'use client'
// components/group/group-config.tsx: how a group is set up, broker beside broker, with differences marked; and its change, with
// before and after.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Pencil } from 'lucide-react'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import type { GroupBrokerConfig, GroupView } from '../../server/shared/views'
import { ClusterName } from '../shell/cluster'
import { QueryFault, Region } from '../shell/fault'
import { useWhyNot } from '../shell/why-not'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Sheet } from '../ui/dialog'
import { Field, Input } from '../ui/input'
import { Panel } from '../ui/panel'
import { Empty } from '../ui/region'
import { Table, Td, Th, Tr } from '../ui/table'
import { Switch } from '../ui/tick'
import { useToast } from '../ui/toast'
import { useGroup, useGroupAt } from './use-group'

const flags = [
  'consumeEnable',
  'consumeFromMinEnable',
  'consumeBroadcastEnable',
  'consumeMessageOrderly',
  'notifyConsumerIdsChangedEnable',
] as const
const numbers = ['retryMaxTimes', 'retryQueueNums', 'consumeTimeoutMinute'] as const
const others = ['brokerId', 'whichBrokerWhenConsumeSlowly'] as const
type Key = (typeof flags)[number] | (typeof numbers)[number] | (typeof others)[number]
const keys: readonly Key[] = [...flags, ...numbers, ...others]
const ranges: Readonly<Record<(typeof numbers)[number], readonly [least: number, most: number]>> = {
  retryMaxTimes: [-1, 10_000],
  retryQueueNums: [0, 64],
  consumeTimeoutMinute: [1, 1440],
}

export const GroupConfig = () => {
  const at = useGroupAt()
  const t = useTranslations('group')
  const query = useGroup(at)
  const [editing, setEditing] = useState(false)
  const mayNot = useWhyNot()('group.write')
  return (
    <>
      <Panel
        title={t('config.title')}
        aux={
          <Button
            size="sm"
            reason={
              query.data?.row.system
                ? t('menu.system')
                : (mayNot ?? (query.data?.configs.length === 0 ? t('config.none') : undefined))
            }
            onClick={() => setEditing(true)}
          >
            <Pencil />
            {t('config.edit')}
          </Button>
        }
      >
        <Region query={query}>
          {(view) =>
            view.configs.length === 0 ? (
              <Empty title={t('config.none')}>{t('config.noneText')}</Empty>
            ) : (
              <section
                // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
                tabIndex={0}
                aria-label={t('config.key')}
                className="overflow-x-auto"
              >
                <Table className="min-w-[560px]">
                  <thead>
                    <tr>
                      <Th className="w-64">{t('config.key')}</Th>
                      {view.configs.map((config) => (
                        <Th key={config.broker} className="mono">
                          {config.broker}
                        </Th>
                      ))}
                      <Th>{t('config.meaning')}</Th>
                    </tr>
                  </thead>
                  <tbody>
                    {keys.map((key) => {
                      const differs = new Set(view.configs.map((config) => config[key])).size > 1
                      return (
                        <Tr key={key} className={differs ? '[&>td]:bg-warn-wash' : undefined}>
                          <Td className="mono text-ink-2">{key}</Td>
                          {view.configs.map((config) => (
                            <Td key={config.broker} className="mono">
                              {String(config[key])}
                            </Td>
                          ))}
                          <Td className="text-ink-3 text-xs" title={t(`config.of.${key}`)}>
                            {differs ? <span className="text-warn">{t('config.differs')}</span> : t(`config.of.${key}`)}
                          </Td>
                        </Tr>
                      )
                    })}
                  </tbody>
                </Table>
              </section>
            )
          }
        </Region>
      </Panel>
      {query.data?.configs[0] && (
        <EditGroup
          key={String(editing)}
          {...at}
          view={query.data}
          first={query.data.configs[0]}
          open={editing}
          onOpenChange={setEditing}
        />
      )}
    </>
  )
}

interface EditProps {
  cluster: string
  group: string
  view: GroupView
  first: GroupBrokerConfig
  open: boolean
  onOpenChange: (open: boolean) => void
}
const EditGroup = ({ cluster, group, view, first, open, onOpenChange }: EditProps) => {
  const t = useTranslations('group')
  const trpc = useTRPC()
  const cache = useQueryClient()
  const toast = useToast()
  const [switches, setSwitches] = useState(
    () => Object.fromEntries(flags.map((key) => [key, first[key]])) as Record<(typeof flags)[number], boolean>,
  ) // made of exactly these keys
  const [texts, setTexts] = useState(
    () =>
      Object.fromEntries(numbers.map((key) => [key, String(first[key])])) as Record<(typeof numbers)[number], string>,
  ) // made of exactly these keys
  const update = useMutation(
    trpc.group.update.mutationOptions({
      onSuccess: async (result) => {
        await cache.invalidateQueries(trpc.group.pathFilter())
        if (result.failed > 0) return
        toast({ text: t('config.done') })
        onOpenChange(false)
      },
    }),
  )
  const numberOf = (key: (typeof numbers)[number]): number | null => {
    const [least, most] = ranges[key]
    const value = /^-?\d{1,5}$/.test(texts[key]) ? Number(texts[key]) : null
    return value !== null && value >= least && value <= most ? value : null
  }
  const after: readonly { key: (typeof flags)[number] | (typeof numbers)[number]; value: boolean | number | null }[] = [
    ...flags.map((key) => ({ key, value: switches[key] })),
    ...numbers.map((key) => ({ key, value: numberOf(key) })),
  ]
  const changes = view.configs.flatMap((config) =>
    after.flatMap(({ key, value }) =>
      value !== null && config[key] !== value ? [{ broker: config.broker, key, before: config[key], value }] : [],
    ),
  )
  const valid = after.every(({ value }) => value !== null)
  return (
    <Sheet
      open={open}
      onOpenChange={onOpenChange}
      width="pane"
      title={t('config.edit')}
      about={
        <>
          <span className="mono truncate text-ink">{group}</span> {t('create.on')} <ClusterName />
        </>
      }
      footer={
        <>
          <span className="flex-1" />
          <Button className="h-8" onClick={() => onOpenChange(false)}>
            {t('create.cancel')}
          </Button>
          <Button
            look="primary"
            className="h-8"
            busy={update.isPending}
            reason={!valid ? t('config.correct') : changes.length === 0 ? t('config.nothing') : undefined}
            onClick={() =>
              update.mutate({
                cluster,
                group,
                config: Object.fromEntries(
                  after.flatMap(({ key, value }) =>
                    changes.some((change) => change.key === key) && value !== null ? [[key, value]] : [],
                  ),
                ),
              })
            }
          >
            {t('config.effect', {
              keys: new Set(changes.map((change) => change.key)).size,
              brokers: new Set(changes.map((change) => change.broker)).size,
            })}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3.5">
        {flags.map((key) => (
          <div key={key}>
            <Switch checked={switches[key]} onChange={(on) => setSwitches({ ...switches, [key]: on })}>
              <span className="mono">{key}</span>
            </Switch>
            <p className="pl-9 text-ink-3 text-xs">{t(`config.of.${key}`)}</p>
          </div>
        ))}
        <div className="grid grid-cols-3 gap-3 max-sm:grid-cols-1">
          {numbers.map((key) => (
            <Field
              key={key}
              label={<span className="mono">{key}</span>}
              hint={t(`config.of.${key}`)}
              error={
                numberOf(key) === null ? t('config.range', { least: ranges[key][0], most: ranges[key][1] }) : undefined
              }
            >
              <Input
                inputMode="numeric"
                value={texts[key]}
                onChange={(event) => setTexts({ ...texts, [key]: event.target.value })}
                frame="h-8"
              />
            </Field>
          ))}
        </div>
        {changes.length > 0 && (
          <Panel ruled title={t('config.changes')}>
            <Table density="compact">
              <thead>
                <tr>
                  <Th>{t('config.broker')}</Th>
                  <Th className="w-60">{t('config.key')}</Th>
                  <Th>{t('config.before')}</Th>
                  <Th>{t('config.after')}</Th>
                </tr>
              </thead>
              <tbody>
                {changes.map((change) => (
                  <Tr key={`${change.broker} ${change.key}`}>
                    <Td className="mono">{change.broker}</Td>
                    <Td className="mono text-ink-2">{change.key}</Td>
                    <Td className="mono text-ink-2">{String(change.before)}</Td>
                    <Td className="mono font-strong">{String(change.value)}</Td>
                  </Tr>
                ))}
              </tbody>
            </Table>
          </Panel>
        )}
        {update.error && <QueryFault error={update.error} className="px-0 py-1" />}
        {update.data && update.data.failed > 0 && (
          <ul role="alert" className="text-crit text-sm">
            {update.data.rows
              .filter((row) => !row.ok)
              .map((row) => (
                <li key={row.item}>
                  <span className="mono">{row.item}</span>: {row.error}
                </li>
              ))}
          </ul>
        )}
      </div>
    </Sheet>
  )
}
