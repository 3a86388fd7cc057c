'use client'
// components/change/grave-sheet.tsx: the sheet in which something grave is looked at, confirmed by a typed name and answered item by
// item. Preview and result are drawn by the room that knows them; what every such change has is here.
import { type ReactNode, useEffect } from 'react'
import { useTranslations } from 'use-intl'
import type { ApplyResult, GravePreview } from '../../server/shared/views'
import { Button } from '../ui/button'
import { Sheet } from '../ui/dialog'
import { Skeleton } from '../ui/region'
import { ConfirmBar } from './confirm-bar'
import { TakenAnew } from './parts'
import type { Grave } from './use-grave-change'

export const GraveSheet = <P extends GravePreview, R = ApplyResult>(props: {
  grave: Grave<P, R>
  open: boolean
  /** Told whether there is a result that was read. */
  onClose: (result: R | null) => void
  title: ReactNode
  /** What it is about, the cluster with its spine last. */
  about: ReactNode
  width?: 'pane'
  /** Another choice than this is another preview. */
  choice?: string
  /** False: too little is chosen to be shown. */
  ready?: boolean
  /** The preview of what is chosen now; another one is waited for. */
  preview?: P | null
  confirm: (preview: P) => { name: string; effect: string; look?: 'danger' | 'primary'; refusal?: string | undefined }
  fault: (error: unknown, retry: () => void) => ReactNode
  /** Between the faults and the preview: what is chosen. */
  choices?: ReactNode
  result: (result: R) => ReactNode
  children: (preview: P) => ReactNode
}) => {
  const { grave, open, choice, onClose, ready = true } = props
  const t = useTranslations('change')
  const { take, reset, result } = grave
  const preview = props.preview === undefined ? grave.preview : props.preview
  // biome-ignore lint/correctness/useExhaustiveDependencies: another choice is another preview
  useEffect(() => {
    if (open && ready) void take()
    else reset()
  }, [open, ready, choice, take, reset])
  return (
    <Sheet
      open={open}
      onOpenChange={(next) => next || onClose(result)}
      {...(props.width === undefined ? {} : { width: props.width })}
      title={props.title}
      about={props.about}
      footer={
        result !== null ? (
          <>
            <span className="flex-1" />
            <Button look="primary" className="h-8" onClick={() => onClose(result)}>
              {t('close')}
            </Button>
          </>
        ) : (
          preview !== null && (
            <ConfirmBar
              key={preview.id}
              {...props.confirm(preview)}
              previewedAt={preview.at}
              busy={grave.phase === 'applying'}
              onApply={(confirm, reason) => void grave.apply(confirm, reason)}
            />
          )
        )
      }
    >
      <div className="flex flex-col gap-3">
        {grave.error !== null && props.fault(grave.error, () => void take())}
        {grave.anew !== null && result === null && <TakenAnew why={grave.anew} />}
        {result !== null ? (
          props.result(result)
        ) : (
          <>
            {props.choices}
            {preview !== null ? props.children(preview) : grave.error === null && ready && <Skeleton lines={8} />}
          </>
        )}
      </div>
    </Sheet>
  )
}
