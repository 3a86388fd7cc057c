// app/c/[cluster]/brokers/[broker]/config/page.tsx: how it is set, and what of that may be changed from here.
import { BrokerConfig } from '../../../../../../components/broker/broker-config'

export default function Page() {
  return <BrokerConfig />
}
