// app/access/masks/page.tsx: what is hidden of messages, and from whom.
import type { Metadata } from 'next'
import { MasksView } from '../../../components/access/masks-view'
import { Govern } from '../../govern'

export const metadata: Metadata = { title: 'Masking' }

export default function MasksPage() {
  return (
    <Govern>
      <MasksView />
    </Govern>
  )
}
