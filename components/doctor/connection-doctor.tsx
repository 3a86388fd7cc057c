'use client'
// components/doctor/connection-doctor.tsx: asks what somebody sees, has the server look, and says what explains it and what to
// do. What is asked stands in the address, so that the result can be sent to who can mend it; a pasted error does not.
import { useQuery } from '@tanstack/react-query'
import { parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs'
import { type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { readError, symptoms } from '../../server/shared/doctor'
import { useClusterId } from '../shell/cluster'
import { QueryFault } from '../shell/fault'
import { useTRPC } from '../trpc/client'
import { Button } from '../ui/button'
import { Field, Input, Textarea } from '../ui/input'
import { Mark } from '../ui/mark'
import { PageHead, Panel } from '../ui/panel'
import { Empty } from '../ui/region'
import { Select } from '../ui/select'
import { DoctorResult } from './doctor-result'
import { NameInput } from './name-input'

const keys = {
  symptom: parseAsStringLiteral(symptoms),
  topic: parseAsString.withDefault(''),
  group: parseAsString.withDefault(''),
  address: parseAsString.withDefault(''),
}

export const ConnectionDoctor = () => {
  const cluster = useClusterId()
  const t = useTranslations('doctor')
  const trpc = useTRPC()
  const [url, setUrl] = useQueryStates(keys, { history: 'push' })
  const [draft, setDraft] = useState({ ...url, symptom: url.symptom ?? symptoms[0] })
  const [pasted, setPasted] = useState('')
  const { symptom } = url
  const report = useQuery(
    trpc.doctor.examine.queryOptions(
      { cluster, topic: url.topic, group: url.group, address: url.address },
      { enabled: symptom !== null, meta: { still: true }, staleTime: Number.POSITIVE_INFINITY, gcTime: 0 },
    ),
  )
  const read = pasted.trim() === '' ? null : readError(pasted)
  const paste = (text: string): void => {
    setPasted(text)
    if (text.trim() === '') return
    const found = readError(text)
    setDraft((held) => ({
      ...held,
      symptom: found.symptom,
      topic: found.topic ?? held.topic,
      group: found.group ?? held.group,
    }))
  }
  const go = (event: FormEvent): void => {
    event.preventDefault()
    const asked = { ...draft, topic: draft.topic.trim(), group: draft.group.trim(), address: draft.address.trim() }
    const same =
      symptom !== null && asked.topic === url.topic && asked.group === url.group && asked.address === url.address
    void setUrl(asked)
    if (same) void report.refetch()
  }
  return (
    <>
      <PageHead title={t('title')} about={t('about')} />
      <div className="grid grid-cols-[340px_minmax(0,1fr)] items-start gap-2.5 max-lg:grid-cols-1">
        <Panel ruled title={t('ask')}>
          <form onSubmit={go} className="flex flex-col gap-2.5 px-3 py-3">
            <Select
              label={t('ask')}
              value={draft.symptom}
              onChange={(next) => setDraft({ ...draft, symptom: next })}
              choices={symptoms.map((one) => ({ value: one, label: t(`symptom.${one}`) }))}
            />
            <Field label={t('paste')} optional={t('optional')} hint={t('pasteHint')}>
              <Textarea mono rows={4} value={pasted} onChange={(event) => paste(event.target.value)} />
            </Field>
            {read && (
              <p className="flex items-start gap-1.5 text-sm" role="status">
                <Mark state={read.error === null ? 'unknown' : 'warn'} className="mt-[3px]" />
                <span>
                  {read.error === null ? (
                    t('notRead')
                  ) : (
                    <>
                      <b className="block font-strong">{t('errorSays')}</b>
                      {t(`error.${read.error}`)}
                    </>
                  )}
                </span>
              </p>
            )}
            <Field label={t('topic')} optional={t('optional')}>
              <NameInput of="topic" value={draft.topic} onChange={(topic) => setDraft({ ...draft, topic })} />
            </Field>
            <Field label={t('group')} optional={t('optional')}>
              <NameInput of="group" value={draft.group} onChange={(group) => setDraft({ ...draft, group })} />
            </Field>
            <Field label={t('address')} optional={t('optional')}>
              <Input
                mono
                value={draft.address}
                onChange={(event) => setDraft({ ...draft, address: event.target.value })}
                placeholder="10.0.0.1:9876;10.0.0.2:9876"
              />
            </Field>
            <Button type="submit" look="primary" busy={report.isFetching} className="self-start">
              {report.data ? t('again') : t('go')}
            </Button>
          </form>
        </Panel>
        {symptom === null ? (
          <Panel>
            <Empty title={t('start')}>{t('startText')}</Empty>
          </Panel>
        ) : report.data ? (
          <DoctorResult
            cluster={cluster}
            symptom={symptom}
            topic={url.topic}
            named={url.topic !== '' && url.group !== ''}
            report={report.data}
            asking={report.isFetching}
          />
        ) : (
          <Panel>
            {report.error ? (
              <QueryFault error={report.error} onRetry={() => void report.refetch()} />
            ) : (
              <p role="status" className="flex items-center gap-2 px-3 py-5 text-ink-2 text-sm">
                <Mark state="busy" />
                {t('running')}
              </p>
            )}
          </Panel>
        )}
      </div>
    </>
  )
}
