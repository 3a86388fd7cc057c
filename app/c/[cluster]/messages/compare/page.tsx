// app/c/[cluster]/messages/compare/page.tsx: two messages side by side.
import { ComparePage } from '../../../../../components/message/compare-page'

export default function Compare() {
  return <ComparePage />
}
