// server/admin/probe-broker.ts: whether a broker is reached, believes the console's signature, and what it then lets it do.
// Changes nothing: the one write it asks for is of a topic whose name no broker takes, so that who may is told the name is
// wrong, and who may not is refused before.
import { RequestCode, ResponseCode } from '../../broker/protocol/codes'
import type { ExtFields } from '../../broker/protocol/command'
import { sign } from '../../broker/protocol/signature'
import { oneLine, PeerError } from '../shared/errors'
import type { ProbeRight, ProbeStep } from '../shared/views'
import { openAsk } from './ask'
import type { AdminOptions } from './open'

const NO_TOPIC = 'rocketdeck asks whether it may!'
const LIST_USERS = 3005 // AuthListUser of ACL 2.0

const rights: readonly { right: ProbeRight; code: number; ext?: ExtFields }[] = [
  { right: 'settings', code: RequestCode.GET_BROKER_CONFIG },
  { right: 'topics', code: RequestCode.GET_ALL_TOPIC_CONFIG },
  { right: 'groups', code: RequestCode.GET_ALL_SUBSCRIPTIONGROUP_CONFIG },
  {
    right: 'topic-write',
    code: RequestCode.UPDATE_AND_CREATE_TOPIC,
    ext: {
      topic: NO_TOPIC,
      defaultTopic: 'TBW102',
      readQueueNums: '1',
      writeQueueNums: '1',
      perm: '6',
      topicFilterType: 'SINGLE_TAG',
    },
  },
  { right: 'users', code: LIST_USERS },
]
type Asked = 'yes' | { refused: string } | { silent: string }

export const probeBroker = async (
  who: string,
  address: string,
  { credentials, ...reach }: Omit<AdminOptions, 'namesrv'>,
): Promise<ProbeStep[]> => {
  const steps: ProbeStep[] = []
  const stranger = openAsk(reach)
  const signed = openAsk(
    credentials === undefined ? reach : { ...reach, sign: (_code, ext, body) => sign(credentials, ext, body) },
  )
  /** An answer other than a refusal shows that the question was let through. */
  const asked = async (ask: typeof signed, code: number, ext?: ExtFields): Promise<Asked> => {
    try {
      await ask(address, code, { ...ext })
      return 'yes'
    } catch (error) {
      if (!(error instanceof PeerError) || error.answer === null) return { silent: oneLine(error) }
      return error.answer.code === ResponseCode.NO_PERMISSION ? { refused: oneLine(error) } : 'yes'
    }
  }
  const step = async (
    name: ProbeStep['step'],
    right: ProbeRight | null,
    run: () => Promise<Asked>,
    fails: (answer: Asked) => string | null,
  ): Promise<boolean> => {
    const began = performance.now()
    const fault = fails(await run())
    const tookMs = performance.now() - began
    steps.push({ step: name, who, right, ok: fault === null, tookMs, text: fault ?? '', count: null })
    return fault === null
  }
  const silence = (answer: Asked) => (typeof answer === 'object' && 'silent' in answer ? answer.silent : null)
  const either = (answer: Asked) =>
    typeof answer === 'object' && 'refused' in answer ? answer.refused : silence(answer)
  try {
    // Reached is also who answers that it does not know the console.
    if (!(await step('broker', null, () => asked(stranger, RequestCode.GET_BROKER_RUNTIME_INFO), silence))) return steps
    if (credentials !== undefined) {
      const runtime = () => asked(signed, RequestCode.GET_BROKER_RUNTIME_INFO)
      if (!(await step('signature', null, runtime, either))) return steps
    }
    for (const { right, code, ext } of rights) await step('right', right, () => asked(signed, code, ext), either)
    return steps
  } finally {
    stranger.close()
    signed.close()
  }
}
