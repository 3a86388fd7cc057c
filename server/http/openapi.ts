// server/http/openapi.ts: the API as an OpenAPI 3.1 document, made of the same table the door answers by.
import type { Operation } from './api-table'

export const API_PATH = '/api/v1'
const fault = {
  type: 'object',
  properties: {
    error: {
      type: 'object',
      properties: {
        kind: { type: 'string' },
        text: { type: 'string', description: 'what happened' },
        todo: { type: 'string', description: 'what to do about it' },
        code: { type: ['integer', 'null'], description: 'response code of RocketMQ' },
        remark: { type: ['string', 'null'] },
      },
      required: ['kind', 'text', 'todo'],
    },
  },
}
const addressOf = (path: string): string => `${API_PATH}/${path.replaceAll('.', '/')}`

export const openApiOf = (operations: Iterable<Operation>, version: string): object => {
  const paths: Record<string, object> = {}
  for (const { path, type, rule, input } of operations) {
    const isRead = type !== 'mutation'
    const body = { content: { 'application/json': { schema: input } }, required: (input.required ?? []).length > 0 }
    const answers = {
      '200':
        type === 'subscription'
          ? { description: 'one JSON value a line, as they come', content: { 'application/x-ndjson': {} } }
          : { description: 'the answer; 64-bit numbers are strings', content: { 'application/json': {} } },
      default: { description: 'what went wrong', content: { 'application/json': { schema: fault } } },
    }
    const common = {
      tags: [path.split('.')[0]],
      description: `Needs the right \`${rule.right}\`${rule.scope === 'cluster' ? ' on the cluster' : ''}.`,
      'x-right': rule.right,
      responses: answers,
    }
    const fields = Object.entries(input.properties ?? {})
    paths[addressOf(path)] = {
      post: { operationId: path, ...common, requestBody: body },
      ...(isRead && input.allOf === undefined
        ? {
            get: {
              operationId: `${path}.get`,
              ...common,
              parameters: fields.map(([name, schema]) => ({
                name,
                in: 'query',
                required: input.required?.includes(name) ?? false,
                schema,
              })),
            },
          }
        : {}),
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'rocketdeck',
      version,
      description:
        'What the console asks, for programs: the same rights, the same audit log. A call carries an API token as bearer.',
    },
    security: [{ token: [] }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    paths,
  }
}
