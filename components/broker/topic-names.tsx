'use client'
// components/broker/topic-names.tsx: a list of topics inside a note: the first few by name, the others counted.
import { useTranslations } from 'use-intl'
import { topicKind } from '../../server/shared/names'
import type { BrokerView } from '../../server/shared/views'
import { topicHref } from '../shell/address'
import { useClusterId } from '../shell/cluster'
import { Link } from '../ui/link'

const SHOWN = 12

/** Topics of users whose only writable master this is: a broker's own topics are nobody's loss. */
export const userTopicsOf = ({ onlyMasterOf, row }: BrokerView): readonly string[] =>
  onlyMasterOf.filter((name) => topicKind(name) === 'user' && name !== row.wireCluster && name !== row.name)

export function TopicNames({ names }: { names: readonly string[] }) {
  const t = useTranslations('broker')
  const cluster = useClusterId()
  return (
    <ul className="mt-1.5 flex flex-wrap gap-x-3 gap-y-1 pl-4.5">
      {names.slice(0, SHOWN).map((name) => (
        <li key={name} className="max-w-full">
          <Link href={topicHref(cluster, name)} quiet className="mono block truncate">
            {name}
          </Link>
        </li>
      ))}
      {names.length > SHOWN ? <li className="text-ink-3">{t('moreTopics', { count: names.length - SHOWN })}</li> : null}
    </ul>
  )
}
