// server/shared/network.ts: whose an address is, as far as counting tries goes. Pure.

/** Whoever has one address of version 6 has 2^64 of them. */
export const networkOf = (address: string): string =>
  address.includes(':') ? `${address.split(':').slice(0, 4).join(':')}/64` : address
