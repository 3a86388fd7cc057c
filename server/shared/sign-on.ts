// server/shared/sign-on.ts: why somebody who comes from the provider is not let in, as words of a list. The login page has a
// sentence for each. Pure.

/**
 * off: none is configured. not-set-up: the console has no account of its own yet. unreachable: the provider gives no answer. refused: it does not take this console. expired: the
 * sign-in took too long, or began in another browser. denied: the provider said no. token: what it sent does not hold.
 */
export const signOnFaults = [
  'off',
  'not-set-up',
  'unreachable',
  'refused',
  'expired',
  'denied',
  'token',
  'no-role',
  'no-name',
  'name-taken',
  'locked',
  'full',
  'wait',
] as const
export type SignOnFault = (typeof signOnFaults)[number]
export const isSignOnFault = (text: string): text is SignOnFault => (signOnFaults as readonly string[]).includes(text)
