// server/trpc/faults.ts: the one translation from what went wrong to what the browser gets: a tRPC code, plain words,
// what to do, and RocketMQ's own code and remark. A fault without a row does not compile.

import { TRPCError } from '@trpc/server'
import { ZodError } from 'zod'
import { DeskError, PeerError } from '../shared/errors'
import type { Fault, FaultKind } from '../shared/views'
import { describeInput } from './input-words'

type Code = TRPCError['code']
const rows: Record<FaultKind, readonly [code: Code, todo: string]> = {
  'not-signed-in': ['UNAUTHORIZED', 'Sign in.'],
  'not-allowed': ['FORBIDDEN', 'Ask an admin for the right.'],
  'bad-input': ['BAD_REQUEST', 'Correct the marked fields.'],
  'locked-out': ['TOO_MANY_REQUESTS', 'Wait, then try again.'],
  'wrong-password': ['UNAUTHORIZED', 'Check name and password.'],
  'token-wrong': [
    'UNAUTHORIZED',
    'Copy the address printed at start, or the token in console/setup-token of the data folder.',
  ],
  'token-used': ['CONFLICT', 'Sign in with the account that was made.'],
  'already-set-up': ['CONFLICT', 'Sign in.'],
  'not-found': ['NOT_FOUND', 'Check the name; it may have been deleted.'],
  exists: ['CONFLICT', 'Choose another name, or change what exists.'],
  'read-only': ['FORBIDDEN', 'This cluster is connected read-only; an admin can change that under Clusters.'],
  trying: ['FORBIDDEN', 'End looking at the console as somebody else first.'],
  production: ['PRECONDITION_FAILED', 'Type the name of the cluster.'],
  drift: ['CONFLICT', 'Look at the changed rows, then confirm again.'],
  'preview-expired': ['CONFLICT', 'Make the preview again.'],
  'confirm-mismatch': ['BAD_REQUEST', 'Type the name exactly as shown.'],
  'not-supported': ['METHOD_NOT_SUPPORTED', 'This broker version or its settings do not offer it.'],
  'broker-silent': ['TIMEOUT', 'Check that the broker runs and that its address can be reached from here.'],
  'broker-busy': ['TOO_MANY_REQUESTS', 'The broker is busy; try again in a moment.'],
  'broker-refused': ['PRECONDITION_FAILED', 'Read the broker’s remark.'],
  'namesrv-silent': ['TIMEOUT', 'Check that the name server runs and that its address can be reached from here.'],
  'no-permission': ['FORBIDDEN', 'Check the topic’s permission, or the access key of this connection.'],
  'client-offline': ['PRECONDITION_FAILED', 'Start the client, or choose another one.'],
  budget: ['TOO_MANY_REQUESTS', 'Narrow the question, or wait for the one under way.'],
  internal: ['INTERNAL_SERVER_ERROR', 'Look into the console’s log.'],
}

const bare = (kind: FaultKind, text: string): Fault => ({
  kind,
  text,
  todo: rows[kind][1],
  code: null,
  codeName: null,
  remark: null,
  peer: null,
  waitMs: null,
  right: null,
  preview: null,
})

export const faultOf = (error: unknown): Fault => {
  if (error instanceof TRPCError) {
    if (error.cause instanceof ZodError) return bare('bad-input', describeInput(error.cause))
    if (error.cause !== undefined && error.cause !== error) return faultOf(error.cause)
    if (error.code === 'NOT_FOUND') return bare('not-found', error.message)
    if (error.code === 'BAD_REQUEST' || error.code === 'PARSE_ERROR') return bare('bad-input', error.message)
    return bare('internal', error.message)
  }
  if (error instanceof DeskError) {
    const { todo, waitMs, right, preview } = error.details
    return {
      ...bare(error.kind, error.message),
      ...(todo === undefined ? {} : { todo }),
      waitMs: waitMs ?? null,
      right: right ?? null,
      preview: preview ?? null,
    }
  }
  if (error instanceof PeerError) {
    const { answer, peer } = error
    if (answer === null) return { ...bare('broker-silent', error.message), peer }
    return {
      ...bare(answer.kind, error.message),
      code: answer.code,
      codeName: answer.codeName,
      remark: answer.remark,
      peer,
    }
  }
  // What nobody foresaw is told in one line and without its stack; the log has the rest.
  return bare('internal', error instanceof Error ? error.message : String(error))
}
export const trpcErrorOf = (error: unknown): TRPCError => {
  if (error instanceof TRPCError && !(error.cause instanceof DeskError || error.cause instanceof PeerError))
    return error
  const fault = faultOf(error)
  return new TRPCError({
    code: rows[fault.kind][0],
    message: fault.text,
    cause: error instanceof TRPCError ? error.cause : error,
  })
}
