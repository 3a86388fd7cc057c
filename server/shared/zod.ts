// server/shared/zod.ts: the schema library as both sides use it. In a page it compiles no code: the page's policy lets none be
// made from text, and even a try would be a violation. Every schema a page may hold is made with this.
import { z } from 'zod'

if (typeof document !== 'undefined') z.config({ jitless: true })

export { z }
