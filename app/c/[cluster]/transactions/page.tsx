// app/c/[cluster]/transactions/page.tsx: half messages without an answer.
import { TransactionsPage } from '../../../../components/message/transactions-page'

export default function TransactionsRoute() {
  return <TransactionsPage />
}
