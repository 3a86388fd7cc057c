// components/broker/config-value.ts: checks a property as it is typed, with the same range the server holds it to.
import type { ConfigEntry } from '../../server/shared/views'

export type ValueFault = 'not-boolean' | 'not-number' | 'out-of-range' | 'empty'

export function valueFault(entry: Pick<ConfigEntry, 'type' | 'min' | 'max'>, text: string): ValueFault | null {
  const value = text.trim()
  switch (entry.type) {
    case 'boolean':
      return value === 'true' || value === 'false' ? null : 'not-boolean'
    case 'number': {
      if (!/^-?\d+$/.test(value)) return 'not-number'
      const number = Number(value)
      return (entry.min !== null && number < entry.min) || (entry.max !== null && number > entry.max)
        ? 'out-of-range'
        : null
    }
    case 'text':
      return value === '' ? 'empty' : null
  }
}
