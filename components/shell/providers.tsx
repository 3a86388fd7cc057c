'use client'
// components/shell/providers.tsx: what every page stands on: the server's client, notes on hover, toasts.
import { setNonce } from 'get-nonce'
import type { ReactNode } from 'react'
import { TrpcProvider } from '../trpc/client'
import { ToastProvider } from '../ui/toast'
import { TooltipProvider } from '../ui/tooltip'

/** `nonce`: by which styles that are written into the page are let through, where it opens a sheet or a list. */
export const Providers = ({ nonce, children }: { nonce: string | undefined; children: ReactNode }) => {
  if (nonce !== undefined) setNonce(nonce)
  return (
    <TrpcProvider>
      <TooltipProvider>
        <ToastProvider>{children}</ToastProvider>
      </TooltipProvider>
    </TrpcProvider>
  )
}
