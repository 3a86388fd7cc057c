// server/shared/masks.ts: what is hidden of messages, as data: of which topics, which part, and how. Pure.

/** What stands in place of what is hidden. */
export const HIDDEN = '•••'
export const maskParts = ['field', 'property', 'body'] as const
export type MaskPart = (typeof maskParts)[number]
export const maskHows = ['hide', 'hash', 'last4'] as const
export type MaskHow = (typeof maskHows)[number]
export interface MaskRule {
  id: string
  /** `*`: every cluster. */
  cluster: string
  /** A name, with `*` for any letters. */
  topics: string
  part: MaskPart
  /** Of part `field`: `phone` anywhere in a JSON body, `customer.phone` from its top. Of `property`: a name with `*`. */
  field: string
  how: MaskHow
}
