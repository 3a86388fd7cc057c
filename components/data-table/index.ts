// components/data-table/index.ts: the door of the room.
export type { Column } from './columns'
export { csvLine, downloadCsv, downloadText } from './csv'
export { DataTable, type DataTableProps } from './data-table'
export { isCovered, isTyping } from './row-keys'
export { TableFoot } from './table-foot'
export { type TableUrl, useTableUrl } from './table-url'
export { ColumnsMenu, CsvButton, chosenColumns, DensityMenu, FilterBox } from './toolbar'
export { usePhone, useWidth } from './use-width'
