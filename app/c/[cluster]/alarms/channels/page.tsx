// app/c/[cluster]/alarms/channels/page.tsx: whom the console tells.
import { ChannelList } from '../../../../../components/alarm/channel-list'

export default function AlarmChannelsPage() {
  return <ChannelList />
}
