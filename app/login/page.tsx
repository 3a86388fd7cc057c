// app/login/page.tsx: gets people in.
import type { Metadata } from 'next'
import { LoginPanel } from '../../components/access/login-panel'

export const metadata: Metadata = { title: 'Sign in' }

export default async function LoginPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  const { next, sso } = await searchParams
  return <LoginPanel next={typeof next === 'string' ? next : null} fault={typeof sso === 'string' ? sso : null} />
}
