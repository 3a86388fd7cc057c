'use client'
// components/shell/connect.tsx: how a program reaches this cluster: one line in a strip, whole programs in a sheet.
import { FileCode2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../ui/button'
import { Code, coloured } from '../ui/code'
import { CopyButton } from '../ui/copy'
import { Sheet } from '../ui/dialog'
import { Segmented } from '../ui/segmented'
import { ClusterName } from './cluster'
import { type SnippetFor, type SnippetLanguage, snippetLanguages, snippetNames, snippetOf } from './snippets'

const KEPT_AS = 'rocketdeck.snippet'
/** The language chosen last in this browser. */
function useSnippetLanguage() {
  const [language, setLanguage] = useState<SnippetLanguage>(() => {
    if (typeof localStorage === 'undefined') return 'java'
    return snippetLanguages.find((known) => known === localStorage.getItem(KEPT_AS)) ?? 'java'
  })
  return [
    language,
    (next: SnippetLanguage) => {
      localStorage.setItem(KEPT_AS, next)
      setLanguage(next)
    },
  ] as const
}

const choices = snippetLanguages.map((value) => ({ value, label: snippetNames[value] }))

export function ConnectStrip(at: SnippetFor & { loopbackOnly?: boolean; acl?: boolean }) {
  const t = useTranslations('shell.connect')
  const [language, setLanguage] = useSnippetLanguage()
  const [open, setOpen] = useState(false)
  const { line } = snippetOf(language, at)
  return (
    <section
      aria-label={t('title')}
      className="flex min-h-[41px] flex-none flex-wrap items-center gap-3 rounded-lg border border-line bg-panel px-3 py-1.5"
    >
      <h2 className="text-[13px] font-semibold whitespace-nowrap">{t('title')}</h2>
      <Segmented
        value={language}
        onChange={setLanguage}
        choices={choices}
        label={t('language')}
        className="max-sm:w-full max-sm:overflow-x-auto"
      />
      <code
        className="mono min-w-0 flex-1 basis-64 truncate rounded-md border border-hair bg-sunken px-2.5 text-sm/[26px] whitespace-pre"
        title={line}
      >
        {coloured(line)}
      </code>
      <CopyButton text={line} words />
      <Button look="ghost" onClick={() => setOpen(true)}>
        <FileCode2 />
        {t('full')}
      </Button>
      <Sheet open={open} onOpenChange={setOpen} title={t('title')} about={<ClusterName />} width="pane">
        <SnippetPrograms {...at} />
      </Sheet>
    </section>
  )
}

/** The heart of a sender, with the way to the whole program. */
export function SnippetBrief(at: SnippetFor & { loopbackOnly?: boolean; acl?: boolean }) {
  const t = useTranslations('shell.connect')
  const [language, setLanguage] = useSnippetLanguage()
  const [open, setOpen] = useState(false)
  const { brief } = snippetOf(language, at)
  return (
    <div>
      <div className="mb-2.5 flex flex-wrap items-center gap-2">
        <Segmented value={language} onChange={setLanguage} choices={choices} label={t('language')} />
        <span className="flex-1" />
        <Button look="ghost" onClick={() => setOpen(true)}>
          <FileCode2 />
          {t('full')}
        </Button>
        <CopyButton text={brief} words />
      </div>
      <Code label={t('send')}>{brief}</Code>
      {at.loopbackOnly ? <p className="mt-2 text-sm text-ink-3">{t('loopback')}</p> : null}
      {at.acl ? <p className="mt-2 text-sm text-ink-3">{t('acl')}</p> : null}
      <Sheet open={open} onOpenChange={setOpen} title={t('title')} about={<ClusterName />} width="pane">
        <SnippetPrograms {...at} />
      </Sheet>
    </div>
  )
}

/** Whole programs, sender and receiver, for the chosen language. */
export function SnippetPrograms(at: SnippetFor & { loopbackOnly?: boolean; acl?: boolean }) {
  const t = useTranslations('shell.connect')
  const [language, setLanguage] = useSnippetLanguage()
  const { send, receive, needs } = snippetOf(language, at)
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <Segmented value={language} onChange={setLanguage} choices={choices} label={t('language')} />
        <span className="mono text-xs text-ink-3">{needs}</span>
      </div>
      <Program title={t('send')} code={send} />
      <Program title={t('receive')} code={receive} />
      {at.loopbackOnly ? <p className="text-sm text-ink-3">{t('loopback')}</p> : null}
      {at.acl ? <p className="text-sm text-ink-3">{t('acl')}</p> : null}
    </div>
  )
}
const Program = ({ title, code }: { title: string; code: string }) => (
  <div>
    <div className="flex items-center">
      <h3 className="flex-1 text-sm font-strong">{title}</h3>
      <CopyButton text={code} words />
    </div>
    <Code label={title}>{code}</Code>
  </div>
)
