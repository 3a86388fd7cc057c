// app/c/[cluster]/alarms/channels/page.tsx: whom the console tells.
import type { Metadata } from 'next'
import { ChannelList } from '../../../../../components/alarm/channel-list'

export const metadata: Metadata = { title: 'Alarm channels' }

export default function AlarmChannelsPage() {
  return <ChannelList />
}
