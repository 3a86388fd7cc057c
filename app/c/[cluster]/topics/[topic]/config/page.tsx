// app/c/[cluster]/topics/[topic]/config/page.tsx: the tab of a topic's config.
import { TopicConfig } from '../../../../../../components/topic/topic-config'

export default function TopicConfigPage() {
  return <TopicConfig />
}
