// app/access/page.tsx: to the first page of the people.
import { redirect } from 'next/navigation'

export default function AccessPage() {
  redirect('/access/users')
}
