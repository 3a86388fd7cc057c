// app/access/tokens/page.tsx: secrets that let programs in.
import type { Metadata } from 'next'
import { TokensView } from '../../../components/access/tokens-view'
import { Govern } from '../../govern'

export const metadata: Metadata = { title: 'API tokens' }

export default function TokensPage() {
  return (
    <Govern>
      <TokensView />
    </Govern>
  )
}
