'use client'
// components/overview/groups-panel.tsx: the groups that are furthest behind.
import { useRouter } from 'next/navigation'
import { useTranslations } from 'use-intl'
import { isKnown } from '../../server/shared/known'
import type { GroupRow, Overview } from '../../server/shared/views'
import { Sparkline, type SparkTone } from '../chart/sparkline'
import { BehindValue, DrainValue, GrowthValue, Name, TotalValue, useFormat } from '../format'
import { clusterHref, groupHref } from '../shell/address'
import { groupMarks } from '../shell/group-state'
import { Link } from '../ui/link'
import { Mark, type MarkState } from '../ui/mark'
import { Panel, PanelFoot } from '../ui/panel'
import { Empty, Partial } from '../ui/region'
import { Table, Td, Th, Tr } from '../ui/table'

const levelMark: Record<GroupRow['level'], MarkState> = {
  ok: 'ok',
  warning: 'warn',
  critical: 'crit',
  unknown: 'unknown',
}
/** Not behind is no praise where nobody reads: the mark is then that of the group's state. */
const markOf = (row: GroupRow): MarkState => (row.level === 'ok' ? groupMarks[row.state] : levelMark[row.level])
const levelTone: Record<GroupRow['level'], SparkTone> = {
  ok: 'quiet',
  warning: 'warn',
  critical: 'crit',
  unknown: 'quiet',
}

export function GroupsPanel({ cluster, overview }: { cluster: string; overview: Overview }) {
  const t = useTranslations('overview')
  const tGroup = useTranslations('overview.groups')
  const format = useFormat()
  const router = useRouter()
  const tState = useTranslations('group.state')
  const { behindGroups, groups, idleGroups, missing } = overview
  const labelOf = (row: GroupRow): string =>
    row.level === 'ok' && groupMarks[row.state] !== 'ok' ? tState(row.state) : t(`level.${row.level}`)
  return (
    <Panel
      title={tGroup('title')}
      aux={
        <Link href={clusterHref(cluster, 'groups')}>
          {tGroup('all', { count: groups, shown: format.count(groups) })}
        </Link>
      }
    >
      {behindGroups.length === 0 ? (
        <Empty title={tGroup('none')} className="border-t border-hair">
          {groups === 0 ? tGroup('noneNote') : tGroup('allIdle', { count: idleGroups })}
        </Empty>
      ) : (
        <>
          <Table density="compact" className="border-t border-hair max-sm:hidden">
            <thead>
              <tr>
                <Th>{tGroup('group')}</Th>
                <Th number className="w-[104px]">
                  {tGroup('lag')}
                </Th>
                <Th number className="w-[104px]">
                  {tGroup('behind')}
                </Th>
                <Th number className="w-[96px]">
                  {tGroup('growth')}
                </Th>
                <Th className="w-[88px] max-md:hidden">{tGroup('hour')}</Th>
                <Th number className="w-[136px] max-md:hidden">
                  {tGroup('drain')}
                </Th>
              </tr>
            </thead>
            <tbody>
              {behindGroups.map((row) => (
                <Tr key={row.name} opens onClick={() => router.push(groupHref(cluster, row.name))}>
                  <Td>
                    <GroupName cluster={cluster} row={row} label={labelOf(row)} />
                  </Td>
                  <Td number>
                    <TotalValue of={row.lag}>{(value) => format.count(value)}</TotalValue>
                  </Td>
                  <Td number>
                    <BehindValue of={row.behind} level={row.level} />
                  </Td>
                  <Td number>
                    {isKnown(row.growthPerSecond) ? <GrowthValue of={row.growthPerSecond} level={row.level} /> : null}
                  </Td>
                  <Td className="max-md:hidden">
                    <Sparkline points={row.spark} tone={levelTone[row.level]} width={62} height={18} />
                  </Td>
                  <Td number className="text-ink-2 max-md:hidden">
                    {row.mode.model === 'BROADCASTING' ? (
                      <span className="text-ink-3">{tGroup('broadcasting')}</span>
                    ) : (
                      <DrainValue
                        of={row.drain}
                        growing={row.level !== 'ok' && isKnown(row.growthPerSecond) && row.growthPerSecond.value > 0}
                      />
                    )}
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
          <ul className="sm:hidden">
            {behindGroups.map((row) => (
              <li key={row.name} className="border-t border-hair px-3 py-[9px]">
                <GroupName cluster={cluster} row={row} label={labelOf(row)} />
                <dl className="mt-[3px] grid grid-cols-[1fr_1fr_70px] items-end gap-2 pl-5">
                  <div>
                    <dt className="text-xs text-ink-3">{tGroup('lag')}</dt>
                    <dd className="tnum font-strong">
                      <TotalValue of={row.lag}>{(value) => format.count(value)}</TotalValue>
                    </dd>
                  </div>
                  <div>
                    <dt className="text-xs text-ink-3">{tGroup('behind')}</dt>
                    <dd className="tnum">
                      <BehindValue of={row.behind} level={row.level} />
                    </dd>
                  </div>
                  <dd>
                    <Sparkline points={row.spark} tone={levelTone[row.level]} width={70} height={24} />
                  </dd>
                </dl>
              </li>
            ))}
          </ul>
        </>
      )}
      {missing.length > 0 ? (
        <Partial>
          {t('missing', {
            who: missing.map(({ who }) => who).join(', '),
            touches: missing.reduce((sum, one) => sum + one.touches, 0),
          })}
        </Partial>
      ) : idleGroups > 0 && behindGroups.length > 0 ? (
        <PanelFoot>{tGroup('idleLeftOut', { count: idleGroups })}</PanelFoot>
      ) : null}
    </Panel>
  )
}

const GroupName = ({ cluster, row, label }: { cluster: string; row: GroupRow; label: string }) => (
  <Link
    href={groupHref(cluster, row.name)}
    quiet
    onClick={(event) => event.stopPropagation()}
    className="flex min-w-0 items-center gap-2"
  >
    <Mark state={markOf(row)} label={label} />
    <Name>{row.name}</Name>
  </Link>
)
