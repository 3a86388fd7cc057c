// test/broker/auth/accounts.test.ts: users and policies survive a restart, and their secrets are not to be read.
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openAccounts } from '../../../broker/auth/accounts'
import { followAccounts } from '../../../broker/auth/followed'
import type { Policy } from '../../../broker/auth/types'
import { temporaryFolder } from '../../support/folders'

const policy = (resource: string, more: Partial<Policy['entries'][number]> = {}): Policy => ({
  policyType: 'Custom',
  entries: [{ resource, actions: ['Pub'], sourceIps: [], decision: 'Allow', ...more }],
})

it('SE3: keeps users and policies over a restart', async () => {
  const configDir = temporaryFolder('accounts')
  const first = await openAccounts({ configDir })
  await first.createUser({ username: 'alice', password: 'alice-secret' })
  await first.createUser({ username: 'root', password: 'root-secret', userType: 'Super' })
  await first.putAcl({ subject: 'User:alice', policies: [policy('Topic:T')] })
  await first.putAcl({ subject: 'User:alice', policies: [policy('Topic:U*', { sourceIps: ['10.0.0.0/8'] })] })
  await first.updateUser({ username: 'root', userStatus: 'disable' })
  const again = await openAccounts({ configDir })
  expect(again.users(undefined)).toEqual([
    { username: 'alice', password: 'alice-secret', userType: 'Normal', userStatus: 'enable' },
    { username: 'root', password: 'root-secret', userType: 'Super', userStatus: 'disable' },
  ])
  expect(again.acl('User:alice')?.policies[0]?.entries.map(({ resource }) => resource)).toEqual(['Topic:T', 'Topic:U*'])
  await again.deleteUser('alice')
  expect((await openAccounts({ configDir })).acl('User:alice')).toBeUndefined()
})

it('writes no secret in clear, and a key only its own account may read', async () => {
  const configDir = temporaryFolder('accounts')
  const accounts = await openAccounts({ configDir })
  await accounts.createUser({ username: 'alice', password: 'alice-secret' })
  await accounts.updateUser({ username: 'alice', password: 'another-secret' })
  for (const name of ['auth.json', 'auth.json.bak', 'auth.key']) {
    expect(readFileSync(join(configDir, name), 'utf8')).not.toMatch(/(alice|another)-secret/)
  }
  expect(statSync(join(configDir, 'auth.key')).mode & 0o077).toBe(0)
})

it('does not open secrets with another key, and says which file is wrong', async () => {
  const configDir = temporaryFolder('accounts')
  const accounts = await openAccounts({ configDir })
  await accounts.createUser({ username: 'alice', password: 'alice-secret' })
  writeFileSync(join(configDir, 'auth.key'), '00'.repeat(32))
  await expect(openAccounts({ configDir })).rejects.toThrow()
  writeFileSync(join(configDir, 'auth.key'), 'abc')
  await expect(openAccounts({ configDir })).rejects.toThrow('auth.key holds no key of 32 bytes')
})

it('refuses in the words of Apache, and then changes nothing', async () => {
  const accounts = await openAccounts({ configDir: temporaryFolder('accounts') })
  await accounts.createUser({ username: 'alice', password: 'alice-secret' })
  await expect(accounts.createUser({ username: 'alice', password: 'x' })).rejects.toThrow('The user is existed')
  await expect(accounts.createUser({ username: 'bob', password: ' ' })).rejects.toThrow('password can not be blank')
  await expect(accounts.updateUser({ username: 'bob' })).rejects.toThrow('The user is not exist')
  const put = (one: Policy, subject = 'User:alice') => accounts.putAcl({ subject, policies: [one] })
  await expect(put(policy('Topic:T'), 'User:bob')).rejects.toThrow('The subject of User:bob is not exist.')
  await expect(put(policy('Topic:T', { actions: ['Any'] }))).rejects.toThrow('The actions can not be Any.')
  await expect(put(policy('Topic:T', { actions: [] }))).rejects.toThrow('The actions is empty.')
  await expect(put(policy('Topic:T', { sourceIps: ['1.2.3'] }))).rejects.toThrow('The source ip is invalid.')
  await expect(accounts.deleteAcl('User:alice', 'Custom', undefined)).rejects.toThrow('The acl is not exist.')
  expect(accounts.acls(undefined, undefined)).toEqual([])
})

it('replaces an entry for the same resource and removes one by its resource', async () => {
  const accounts = await openAccounts({ configDir: temporaryFolder('accounts') })
  await accounts.createUser({ username: 'alice', password: 'alice-secret' })
  await accounts.putAcl({ subject: 'User:alice', policies: [policy('Topic:T'), policy('Group:G')] })
  await accounts.putAcl({ subject: 'User:alice', policies: [policy('Topic:T', { decision: 'Deny' })] })
  expect(accounts.acls('ali', 'Topic')[0]?.policies[0]?.entries).toMatchObject([
    { resource: 'Topic:T', decision: 'Deny' },
  ])
  await accounts.deleteAcl('User:alice', 'Custom', 'Topic:T')
  expect(accounts.acl('User:alice')?.policies[0]?.entries.map(({ resource }) => resource)).toEqual(['Group:G'])
  await accounts.deleteAcl('User:alice', 'Custom', 'Group:G')
  expect(accounts.acl('User:alice')).toBeUndefined()
})

it('is followed by a server beside it as soon as it changed', async () => {
  const configDir = temporaryFolder('accounts')
  const said: string[] = []
  const followed = followAccounts(configDir, (_, line) => said.push(line))
  followed.refresh()
  const accounts = await openAccounts({ configDir })
  await accounts.createUser({ username: 'alice', password: 'alice-secret' })
  followed.refresh()
  expect(followed.user('alice')?.password).toBe('alice-secret')
  await accounts.deleteUser('alice')
  followed.refresh()
  expect(followed.user('alice')).toBeUndefined()
  expect(said).toEqual([])
})
