// app/not-found.tsx: an address that leads nowhere.
import { Lost } from '../components/shell/lost'

export default function NotFound() {
  return <Lost />
}
