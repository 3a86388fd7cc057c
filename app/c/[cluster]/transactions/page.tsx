// app/c/[cluster]/transactions/page.tsx: half messages without an answer.
import type { Metadata } from 'next'
import { TransactionsPage } from '../../../../components/message/transactions-page'

export const metadata: Metadata = { title: 'Transactions' }

export default function TransactionsRoute() {
  return <TransactionsPage />
}
