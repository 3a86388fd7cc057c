// components/data-table/csv.ts: rows as CSV: raw numbers, ISO times, and no cell that a spreadsheet would run as a formula.

export type CsvCell = string | number | bigint | boolean | null

const FORMULA = /^[=+\-@\t\r]/
const isNumber = /^-?\d+(\.\d+)?$/

export const csvCell = (cell: CsvCell): string => {
  if (cell === null) return ''
  const text = String(cell)
  if (typeof cell !== 'string') return text
  const safe = FORMULA.test(text) && !isNumber.test(text) ? `'${text}` : text
  return /[",\n\r']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
export const csvLine = (cells: readonly CsvCell[]): string => `${cells.map(csvCell).join(',')}\r\n`

const BOM = '\uFEFF' // spreadsheets take UTF-8 for their own code page without it

/** Hands the text to the browser as a file. */
export const downloadText = (fileName: string, type: string, text: string | Blob): void => {
  const url = URL.createObjectURL(text instanceof Blob ? text : new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = fileName
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

export interface CsvColumn<Row> {
  readonly name: string
  readonly value: (row: Row) => CsvCell
}
const PAGE_ROWS = 200

/** The whole filtered set, page by page; never more than `most` rows. */
export const downloadCsv = async <Row>(options: {
  fileName: string
  columns: readonly CsvColumn<Row>[]
  page: (page: number, size: number) => Promise<{ rows: readonly Row[]; matched: number }>
  most?: number
}): Promise<void> => {
  const { columns, most = 100_000 } = options
  const parts: string[] = [BOM, csvLine(columns.map((column) => column.name))]
  for (let page = 1; (page - 1) * PAGE_ROWS < most; page += 1) {
    const { rows, matched } = await options.page(page, PAGE_ROWS)
    for (const row of rows) parts.push(csvLine(columns.map((column) => column.value(row))))
    if (rows.length === 0 || page * PAGE_ROWS >= matched) break
  }
  downloadText(options.fileName, 'text/csv', new Blob(parts, { type: 'text/csv;charset=utf-8' }))
}
