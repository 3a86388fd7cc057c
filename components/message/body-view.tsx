'use client'
// components/message/body-view.tsx: a message's body as JSON, text, hex or base64. JSON is found by itself; what cannot be
// decoded says why; long bodies are shown in part and say how much.
import { Download, WrapText } from 'lucide-react'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import { type ReactNode, useMemo, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { MessageBody } from '../../server/shared/views'
import { downloadText } from '../data-table'
import { joined, useFormat } from '../format'
import { Button } from '../ui/button'
import { cn } from '../ui/cn'
import { LinkButton } from '../ui/link'
import { Segmented } from '../ui/segmented'
import { fromBase64, hexLines } from './hex'
import { isList, isObject, type Json, oneLine, parseJson, RawNumber, timeOf } from './json-lines'

const views = ['typed', 'json', 'text', 'hex', 'base64'] as const
type BodyAs = (typeof views)[number]
const HEX_LINES = 512
const INLINE_CHARACTERS = 72

export const BodyView = (props: {
  body: MessageBody
  fileName: string
  hit: string
  onWhole: () => void
  /** What stands beside the views, where something may be set. */
  aside?: ReactNode
}) => {
  const { body, fileName, hit, onWhole, aside } = props
  const { decoded } = body
  const t = useTranslations('message.body')
  const format = useFormat()
  const json = useMemo(
    () => (body.text !== null && body.json ? parseJson(body.text) : undefined),
    [body.text, body.json],
  )
  const typed = useMemo(
    () => (decoded?.json === undefined || decoded.json === null ? undefined : parseJson(decoded.json)),
    [decoded?.json],
  )
  const usual: BodyAs =
    typed !== undefined ? 'typed' : json !== undefined ? 'json' : body.text !== null ? 'text' : 'hex'
  const [chosen, setChosen] = useQueryState('view', parseAsStringLiteral(views))
  const [wrap, setWrap] = useState(true)
  const possible = views.filter((view) =>
    view === 'typed'
      ? typed !== undefined
      : view === 'json'
        ? json !== undefined
        : view === 'text'
          ? body.text !== null
          : true,
  )
  const view = chosen !== null && possible.includes(chosen) ? chosen : usual
  const facts = [
    chosen !== null ? null : view === 'typed' ? t('bySetting') : t('auto'),
    joined(format.messageBytes(body.sizeBytes)),
    body.text !== null ? 'UTF-8' : t('binary'),
    body.compressed === null ? t('plain') : t('compressed', { how: body.compressed }),
  ].filter((fact) => fact !== null)
  return (
    <div>
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <Segmented
          label={t('as')}
          value={view}
          onChange={(next) => void setChosen(next === usual ? null : next)}
          choices={possible.map((value) => ({
            value,
            label: value === 'typed' ? t(`kind.${decoded?.kind ?? 'protobuf'}`) : t(`view.${value}`),
          }))}
          className="h-[26px] [&>button]:leading-6"
        />
        <span className="text-ink-3 text-xs">{facts.join(' · ')}</span>
        <span className="flex-1" />
        {aside}
        <Button
          look="ghost"
          shape="icon"
          size="sm"
          aria-label={t('wrap')}
          aria-pressed={wrap}
          onClick={() => setWrap(!wrap)}
        >
          <WrapText />
        </Button>
        <Button
          look="ghost"
          shape="icon"
          size="sm"
          aria-label={t('download')}
          onClick={() => {
            const bytes = fromBase64(body.base64)
            downloadText(
              `${fileName}.${json !== undefined ? 'json' : body.text !== null ? 'txt' : 'bin'}`,
              '',
              new Blob([bytes.buffer as ArrayBuffer]), // Uint8Array.from makes its buffer itself; it is never shared
            )
          }}
        >
          <Download />
        </Button>
      </div>
      {body.failed !== null && (
        <p className="mb-2 rounded-md bg-warn-wash px-3 py-1.5 text-sm text-warn">
          {t('failed', { why: body.failed })}
        </p>
      )}
      {decoded !== null && decoded.failed !== null && (
        <p className="mb-2 rounded-md bg-warn-wash px-3 py-1.5 text-sm text-warn">
          {t(decoded.at === null ? 'notRead' : 'notOfType', {
            kind: t(`kind.${decoded.kind}`),
            why: decoded.failed,
            at: decoded.at ?? 0,
          })}
        </p>
      )}
      <div
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        tabIndex={0}
        className={cn(
          'mono max-h-[60vh] overflow-auto rounded-md border border-hair bg-sunken px-3 py-2 text-[12px]/[18.5px]',
          wrap ? 'break-words whitespace-pre-wrap [overflow-wrap:anywhere]' : 'whitespace-pre',
        )}
      >
        {view === 'typed' && typed !== undefined ? (
          <JsonTree value={typed} hit={hit} />
        ) : view === 'json' && json !== undefined ? (
          <JsonTree value={json} hit={hit} />
        ) : view === 'text' ? (
          <Marked text={body.text ?? ''} hit={hit} />
        ) : view === 'base64' ? (
          <span className="break-all">{body.base64}</span>
        ) : (
          <HexDump base64={body.base64} />
        )}
        {body.sizeBytes === 0 && <span className="text-ink-3">{t('empty')}</span>}
      </div>
      {body.shownBytes < body.sizeBytes && (
        <p className="mt-1.5 text-ink-3 text-xs">
          {t('part', {
            shown: joined(format.bytesParts(body.shownBytes)),
            whole: joined(format.bytesParts(body.sizeBytes)),
          })}{' '}
          <LinkButton onClick={onWhole}>{t('whole')}</LinkButton>
        </p>
      )}
    </div>
  )
}

const HexDump = ({ base64 }: { base64: string }) => {
  const t = useTranslations('message.body')
  const bytes = useMemo(() => fromBase64(base64), [base64])
  const [lines, setLines] = useState(HEX_LINES)
  return (
    <>
      {hexLines(bytes, lines).map((line) => (
        <div key={line.at} className="whitespace-pre">
          <span className="text-ink-3">{line.at.toString(16).padStart(8, '0')}</span>
          {'  '}
          {line.hex}
          {'  '}
          <span className="text-ink-2">{line.text}</span>
        </div>
      ))}
      {lines * 16 < bytes.length && <LinkButton onClick={() => setLines(lines * 8)}>{t('moreLines')}</LinkButton>}
    </>
  )
}

/** What was searched for, marked. */
const Marked = ({ text, hit }: { text: string; hit: string }) => {
  if (hit === '' || !text.includes(hit)) return text
  const parts = text.split(hit)
  return parts.flatMap((part, index) =>
    index === 0
      ? [part]
      : [
          <mark
            // biome-ignore lint/suspicious/noArrayIndexKey: hits have no identity but their place
            key={index}
            className="mark rounded-[2px] bg-warn-wash px-0.5 text-warn shadow-[0_0_0_1px_var(--warn-mark)]"
          >
            {hit}
          </mark>,
          part,
        ],
  )
}

const JsonTree = ({ value, hit }: { value: Json; hit: string }) =>
  isObject(value) || isList(value) ? (
    <Branch value={value} hit={hit} open tail="" label={null} />
  ) : (
    <Leaf value={value} hit={hit} />
  )

const Comma = ({ tail }: { tail: string }) => <span className="text-ink-3">{tail}</span>

const Leaf = ({ value, hit, tail = '' }: { value: Json; hit: string; tail?: string }): ReactNode => {
  const format = useFormat()
  if (typeof value === 'string')
    return (
      <span className="text-ok">
        "<Marked text={JSON.stringify(value).slice(1, -1)} hit={hit} />"
        <Comma tail={tail} />
      </span>
    )
  if (value instanceof RawNumber) {
    const at = timeOf(value)
    return (
      <>
        <span className="text-warn">
          <Marked text={value.text} hit={hit} />
        </span>
        <Comma tail={tail} />
        {at !== null && <span className="text-ink-3"> {`// ${format.time(at)} ${format.zoneLabel(at)}`}</span>}
      </>
    )
  }
  return (
    <span className="text-tide">
      {String(value)}
      <Comma tail={tail} />
    </span>
  )
}

interface BranchProps {
  readonly value: readonly Json[] | { readonly [key: string]: Json }
  readonly hit: string
  readonly open: boolean
  readonly tail: string
  readonly label: string | null
}
const Branch = ({ value, hit, open: startsOpen, tail, label }: BranchProps) => {
  const t = useTranslations('message.body')
  const [open, setOpen] = useState(startsOpen)
  const list = isList(value)
  const entries: readonly (readonly [string, Json])[] = list
    ? value.map((one, index) => [String(index), one] as const)
    : Object.entries(value)
  const key =
    label === null || label === '' ? null : (
      <>
        <span className="text-tide">"{label}"</span>
        <span className="text-ink-3">: </span>
      </>
    )
  const short = label === null ? null : oneLine(value, INLINE_CHARACTERS)
  if (short !== null)
    return (
      <div>
        {key}
        <span className="text-ink-3">
          <Marked text={short} hit={hit} />
        </span>
        <Comma tail={tail} />
      </div>
    )
  if (!open)
    return (
      <div>
        {key}
        <button
          type="button"
          className="rounded-sm text-ink-3 hover:text-ink"
          onClick={() => setOpen(true)}
          aria-expanded={false}
        >
          {list ? t('items', { count: entries.length }) : t('fields', { count: entries.length })}
        </button>
        <Comma tail={tail} />
      </div>
    )
  return (
    <div>
      {key}
      {label === null ? (
        list ? (
          '['
        ) : (
          '{'
        )
      ) : (
        <button
          type="button"
          className="rounded-sm text-ink-3 hover:text-ink"
          onClick={() => setOpen(false)}
          aria-expanded
        >
          {list ? '[' : '{'}
        </button>
      )}
      <div className="pl-3.5">
        {entries.map(([name, one], index) => {
          const comma = index < entries.length - 1 ? ',' : ''
          if (isList(one) || isObject(one))
            return (
              <Branch
                key={name}
                value={one}
                hit={hit}
                open={entries.length <= 40}
                tail={comma}
                label={list ? '' : name}
              />
            )
          return (
            <div key={name}>
              {!list && (
                <>
                  <span className="text-tide">"{name}"</span>
                  <span className="text-ink-3">: </span>
                </>
              )}
              <Leaf value={one} hit={hit} tail={comma} />
            </div>
          )
        })}
      </div>
      {list ? ']' : '}'}
      <Comma tail={tail} />
    </div>
  )
}
