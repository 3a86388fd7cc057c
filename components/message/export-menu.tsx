'use client'
// components/message/export-menu.tsx: a search as a file: the server reads it again with whole bodies and properties, which is a
// right of its own and leaves a line in the audit log.
import { skipToken } from '@tanstack/react-query'
import { useSubscription } from '@trpc/tanstack-react-query'
import { Download } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { ScanInput } from '../../server/shared/inputs'
import type { ExportedMessage } from '../../server/shared/views'
import { downloadText } from '../data-table'
import { useFormat } from '../format'
import { useMe } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Menu, MenuItem, MenuLabel } from '../ui/menu'
import { useToast } from '../ui/toast'
import { type ExportFormat, exportFile, exportFormats } from './export-file'

const MOST = 10_000

export const ExportMenu = ({ input }: { input: ScanInput }) => {
  const t = useTranslations('message.export')
  const format = useFormat()
  const trpc = useTRPC()
  const toast = useToast()
  const me = useMe()
  const [running, setRunning] = useState<ExportFormat | null>(null)
  const [error, setError] = useState<unknown>(null)
  const messages = useRef<ExportedMessage[]>([])
  const { cursor: _, ...asked } = input
  useSubscription(
    trpc.message.export.subscriptionOptions(running === null ? skipToken : { ...asked, limit: MOST }, {
      onData: (event) => {
        if (event.type === 'rows') messages.current.push(...event.rows)
        if (event.type !== 'end' || running === null) return
        downloadText(`messages-${input.topic}.${running}`, '', exportFile(messages.current, running))
        toast({
          state: event.why === 'range-done' ? 'ok' : 'warn',
          text: t(event.why === 'range-done' ? 'done' : 'part', { count: messages.current.length }),
        })
        setRunning(null)
      },
      onError: (failure) => {
        setError(failure)
        setRunning(null)
      },
    }),
  )
  const needs = ['message.export', 'message.read'].find((right) => !me?.rights.some((one) => one === right))
  return (
    <>
      {error !== null && <QueryFault error={error} className="p-0" />}
      <Menu
        trigger={
          <button
            type="button"
            disabled={running !== null}
            className="flex min-h-6 items-center gap-1 rounded-md text-tide hover:underline disabled:text-ink-3 [&_.lucide]:size-[13px]"
          >
            <Download />
            {running === null ? t('button') : t('running')}
          </button>
        }
      >
        <MenuLabel>{t('label', { most: format.count(MOST) })}</MenuLabel>
        {exportFormats.map((one) => (
          <MenuItem
            key={one}
            reason={needs === undefined ? undefined : t('needs', { right: needs })}
            onSelect={() => {
              messages.current = []
              setError(null)
              setRunning(one)
            }}
          >
            {t(`format.${one}`)}
          </MenuItem>
        ))}
      </Menu>
    </>
  )
}
