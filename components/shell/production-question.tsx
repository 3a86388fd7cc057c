'use client'
// components/shell/production-question.tsx: asks for the cluster's name before a change goes to one marked production.
import { useState, useSyncExternalStore } from 'react'
import { useTranslations } from 'use-intl'
import { productionQuestion, type ProductionQuestion as Question } from '../trpc/production'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, Input } from '../ui/input'
import { EnvTag } from '../ui/tag'
import { useClusters } from './cluster'
import { spineOf } from './spine'

export function ProductionQuestion() {
  const question = useSyncExternalStore(productionQuestion.subscribe, productionQuestion.now, () => null)
  return question ? <Ask question={question} /> : null
}

function Ask({ question }: { question: Question }) {
  const t = useTranslations('shell.production')
  const card = useClusters()?.find(({ id }) => id === question.cluster)
  const [typed, setTyped] = useState('')
  const name = card?.name ?? question.cluster
  return (
    <Dialog
      open
      onOpenChange={() => question.answer(null)}
      title={t('title')}
      about={
        <span className="inline-flex items-center gap-1.5 text-ink">
          <i aria-hidden className="inline-block h-3.5 w-1" style={{ background: spineOf(card?.colour ?? 0) }} />
          {name}
          <EnvTag>{t('mark')}</EnvTag>
        </span>
      }
      footer={
        <>
          <Button onClick={() => question.answer(null)}>{t('leave')}</Button>
          <Button
            look="danger"
            type="submit"
            form="production"
            reason={typed === name ? undefined : t('typeFirst', { name })}
          >
            {t('go')}
          </Button>
        </>
      }
    >
      <form
        id="production"
        onSubmit={(event) => {
          event.preventDefault()
          if (typed === name) question.answer(typed)
        }}
      >
        <Field label={t('type', { name })} hint={t('note')}>
          <Input autoFocus mono value={typed} onChange={(event) => setTyped(event.target.value)} />
        </Field>
      </form>
    </Dialog>
  )
}
