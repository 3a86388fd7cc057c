// test/e2e/accounts.ts: who signs in during the browser tests.
export const ADMIN = { name: 'admin', password: 'a long enough phrase 7' }
