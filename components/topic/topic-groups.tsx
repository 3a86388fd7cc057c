'use client'
// components/topic/topic-groups.tsx: the tab of the groups that read a topic.
import { useTranslations } from 'use-intl'
import { useFormat } from '../format'
import { Region } from '../shell/fault'
import { Panel } from '../ui/panel'
import { TopicGroupsTable } from './topic-groups-table'
import { useTopic, useTopicAt } from './use-topic'

export const TopicGroups = () => {
  const at = useTopicAt()
  const query = useTopic(at)
  const t = useTranslations('topic')
  const format = useFormat()
  return (
    <Panel ruled title={t('groups')} about={query.data && format.count(query.data.groups.length)}>
      <Region query={query}>{(view) => <TopicGroupsTable cluster={at.cluster} rows={view.groups} />}</Region>
    </Panel>
  )
}
