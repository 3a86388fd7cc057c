'use client'
// components/shell/sign-on-link.tsx: the button that leads to the provider people sign in at. A plain link: the browser leaves
// the page, and comes back signed in.
import { LogIn } from 'lucide-react'
import { useTranslations } from 'use-intl'
import { basePath } from '../trpc/client'
import { Button } from '../ui/button'

export function SignOnLink({ label, next, newTab }: { label: string; next: string; newTab?: boolean }) {
  const t = useTranslations('shell.login')
  return (
    <Button asChild size="lg">
      <a
        href={`${basePath}/login/oidc?next=${encodeURIComponent(next)}`}
        {...(newTab ? { target: '_blank', rel: 'noreferrer' } : {})}
      >
        <LogIn />
        {t('signInWith', { provider: label })}
      </a>
    </Button>
  )
}
