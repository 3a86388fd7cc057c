// components/message/export-file.ts: exported messages as a file: JSON, a line of JSON each, or a table. Pure.
import type { ExportedMessage } from '../../server/shared/views'
import { csvLine } from '../data-table'

export type ExportFormat = 'json' | 'ndjson' | 'csv'
export const exportFormats: readonly ExportFormat[] = ['json', 'ndjson', 'csv']
const types: Record<ExportFormat, string> = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv;charset=utf-8',
}
/** Offsets have 64 bits and are text in JSON; times are ISO. */
const plain = ({ storedAt, bornAt, queueOffset, ...rest }: ExportedMessage) => ({
  ...rest,
  queueOffset: String(queueOffset),
  storedAt: new Date(storedAt).toISOString(),
  bornAt: new Date(bornAt).toISOString(),
})
const BOM = '\uFEFF' // spreadsheets take UTF-8 for their own code page without it
const columns: readonly { name: string; value: (one: ExportedMessage) => string | number | bigint }[] = [
  { name: 'storedAt', value: ({ storedAt }) => new Date(storedAt).toISOString() },
  { name: 'bornAt', value: ({ bornAt }) => new Date(bornAt).toISOString() },
  { name: 'topic', value: ({ topic }) => topic },
  { name: 'broker', value: ({ broker }) => broker },
  { name: 'queueId', value: ({ queueId }) => queueId },
  { name: 'queueOffset', value: ({ queueOffset }) => queueOffset },
  { name: 'id', value: ({ uniqueId, offsetId }) => uniqueId ?? offsetId },
  { name: 'offsetId', value: ({ offsetId }) => offsetId },
  { name: 'tag', value: ({ tag }) => tag ?? '' },
  { name: 'keys', value: ({ keys }) => keys.join(' ') },
  { name: 'tries', value: ({ reconsumeTimes }) => reconsumeTimes },
  { name: 'properties', value: ({ properties }) => JSON.stringify(properties) },
  { name: 'bodyAs', value: ({ bodyAs }) => bodyAs },
  { name: 'body', value: ({ body }) => body },
]

export const exportFile = (messages: readonly ExportedMessage[], format: ExportFormat): Blob => {
  const parts =
    format === 'ndjson'
      ? messages.map((one) => `${JSON.stringify(plain(one))}\n`)
      : format === 'json'
        ? ['[', ...messages.map((one, at) => `${at === 0 ? '' : ','}\n${JSON.stringify(plain(one))}`), '\n]\n']
        : [
            BOM,
            csvLine(columns.map(({ name }) => name)),
            ...messages.map((one) => csvLine(columns.map(({ value }) => value(one)))),
          ]
  return new Blob(parts, { type: types[format] })
}
