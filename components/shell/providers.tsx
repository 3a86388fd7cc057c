'use client'
// components/shell/providers.tsx: what every page stands on: the server's client, notes on hover, toasts.
import { setNonce } from 'get-nonce'
import type { ReactNode } from 'react'
import { TrpcProvider } from '../trpc/client'
import { ToastProvider } from '../ui/toast'
import { TooltipProvider } from '../ui/tooltip'

// Sheets and lists write a style element when they open: it is let through by the nonce of the page's own scripts.
if (typeof document !== 'undefined') {
  const nonce = document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce
  if (nonce) setNonce(nonce)
}

export const Providers = ({ children }: { children: ReactNode }) => (
  <TrpcProvider>
    <TooltipProvider>
      <ToastProvider>{children}</ToastProvider>
    </TooltipProvider>
  </TrpcProvider>
)
