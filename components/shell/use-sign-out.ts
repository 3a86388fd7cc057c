'use client'
// components/shell/use-sign-out.ts: the way out, from wherever it is offered. What this browser held of the console is forgotten.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useTRPC } from '../trpc/client'

export function useSignOut(): () => void {
  const trpc = useTRPC()
  const cache = useQueryClient()
  const router = useRouter()
  const logout = useMutation(
    trpc.auth.logout.mutationOptions({
      onSettled: (ended) => {
        cache.clear()
        if (ended?.goTo) window.location.assign(ended.goTo)
        else router.replace('/login')
      },
    }),
  )
  return () => logout.mutate()
}
