// test/components/shell/snippets.test.ts: programs hold the cluster's real address and never a secret.
import { describe, expect, it } from 'vitest'
import { snippetLanguages, snippetOf } from '../../../components/shell/snippets'

describe.each(snippetLanguages)('the %s program', (language) => {
  const at = { namesrv: '10.20.4.11:9876', topic: 'orders', group: 'GID_x' }
  const { line, brief, send, receive } = snippetOf(language, at)
  it('holds the real address everywhere it connects', () => {
    for (const text of [line, brief, send, receive]) expect(text).toContain('10.20.4.11:9876')
  })
  it('sends to the topic and reads from it', () => {
    for (const text of [brief, send, receive]) expect(text).toContain('orders')
    if (language !== 'mqadmin') expect(receive).toContain('GID_x')
  })
  it('holds no credentials', () => {
    expect(`${send}${receive}`).not.toMatch(/secret(?!: 'none')[^:]*=\s*["'][^"']{8,}/i)
  })
})
