// test/components/trpc/connection.test.ts: the connection is lost while a way that is in use does not work.
import { expect, it, vi } from 'vitest'
import { openConnection, openSession } from '../../../components/trpc/connection'

it('is found again only when every way works', () => {
  const connection = openConnection()
  const heard = vi.fn()
  connection.subscribe(heard)
  connection.lost('socket')
  connection.lost('http')
  connection.found('http')
  expect(connection.isLost()).toBe(true)
  connection.found('socket')
  expect(connection.isLost()).toBe(false)
  expect(heard).toHaveBeenCalledTimes(2) // told of changes only
})
it('tells once that a session has ended, and once that it is back', () => {
  const session = openSession()
  const heard = vi.fn()
  const stop = session.subscribe(heard)
  session.ended()
  session.ended()
  session.restored()
  stop()
  session.ended()
  expect(heard).toHaveBeenCalledTimes(2)
})
