// app/c/[cluster]/brokers/[broker]/replication/page.tsx: is its copy safe.
import { BrokerReplication } from '../../../../../../components/broker/broker-replication'

export default function Page() {
  return <BrokerReplication />
}
