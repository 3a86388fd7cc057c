'use client'
// components/shell/providers.tsx: what every page stands on: the server's client, notes on hover, toasts.
import type { ReactNode } from 'react'
import { TrpcProvider } from '../trpc/client'
import { ToastProvider } from '../ui/toast'
import { TooltipProvider } from '../ui/tooltip'

export const Providers = ({ children }: { children: ReactNode }) => (
  <TrpcProvider>
    <TooltipProvider>
      <ToastProvider>{children}</ToastProvider>
    </TooltipProvider>
  </TrpcProvider>
)
