// app/c/[cluster]/brokers/[broker]/process/page.tsx: the bundled part behind it: state, memory, restarts, last lines; start and stop.
import { BrokerProcess } from '../../../../../../components/broker/broker-process'

export default function Page() {
  return <BrokerProcess />
}
