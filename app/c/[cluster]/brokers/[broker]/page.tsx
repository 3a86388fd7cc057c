// app/c/[cluster]/brokers/[broker]/page.tsx: is it well: its figures, its history, all it tells of itself.
import { BrokerRuntime } from '../../../../../components/broker/broker-runtime'

export default function Page() {
  return <BrokerRuntime />
}
