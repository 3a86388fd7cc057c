// broker/peer/controller-client.ts: what a broker asks its controller. Finds the one that answers among controllerAddr; keeps
// nothing else.
import type { Dialer } from '../net/types'
import { readBody, writeBody } from '../protocol/bodies'
import { electMasterBody, syncStateSetBody } from '../protocol/bodies-controller'
import { RequestCode, ResponseCode } from '../protocol/codes'
import type { Command, ExtFields } from '../protocol/command'
import { readHeader, writeHeader } from '../protocol/header-table'
import * as headers from '../protocol/headers-controller'
import { brokerHeartbeatHeader } from '../protocol/headers-namesrv'
import { addressesOf } from './registration'

export interface ControllerClientOptions {
  readonly dialer: Dialer
  /** `a:1;b:2` */
  readonly controllerAddr: string
  readonly clusterName: string
  readonly brokerName: string
  /** `ip:port` of this broker. */
  readonly address: string
}
export interface Standing {
  /** undefined: nobody is master. */
  readonly master: { readonly brokerId: number; readonly address: string } | undefined
  readonly masterEpoch: number
  readonly syncStateSet: readonly number[]
  readonly syncStateSetEpoch: number
}
export interface SelfReport {
  readonly brokerId: number
  readonly epoch: number
  readonly maxOffset: number
  readonly timeoutMs: number
  readonly electionPriority: number
}

/** The controller said no. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
  /** False: it failed at it, and nobody knows how far it came. */
  readonly refused: boolean
  readonly code: number
  constructor(code: number, remark: string | null | undefined) {
    super(`the controller refuses: ${remark ?? ''} (code ${code})`)
    this.code = code
    this.refused = code !== ResponseCode.SYSTEM_ERROR
  }
}

const askMs = 3000

export class ControllerClient {
  readonly #options: ControllerClientOptions
  #leader: string | undefined

  constructor(options: ControllerClientOptions) {
    this.#options = options
  }

  async nextBrokerId(): Promise<number> {
    const { clusterName, brokerName } = this.#options
    const ext = writeHeader(headers.nextBrokerIdHeader, { clusterName, brokerName })
    const reply = await this.#ask(RequestCode.CONTROLLER_GET_NEXT_BROKER_ID, ext)
    return readHeader(headers.nextBrokerIdReply, reply.ext).nextBrokerId
  }

  async applyBrokerId(appliedBrokerId: number, registerCheckCode: string): Promise<void> {
    const { clusterName, brokerName } = this.#options
    const asked = { clusterName, brokerName, appliedBrokerId, registerCheckCode }
    await this.#ask(RequestCode.CONTROLLER_APPLY_BROKER_ID, writeHeader(headers.applyBrokerIdHeader, asked))
  }

  async register(brokerId: number): Promise<Standing> {
    const { clusterName, brokerName, address } = this.#options
    const asked = { clusterName, brokerName, brokerId, brokerAddress: address }
    const reply = await this.#ask(
      RequestCode.CONTROLLER_REGISTER_BROKER,
      writeHeader(headers.registerReplicaHeader, asked),
    )
    return standingOf(reply, readBody(syncStateSetBody, reply.body).syncStateSet)
  }

  /** Asks to be master; answers with who is. */
  async elect(brokerId: number): Promise<Standing> {
    const { clusterName, brokerName } = this.#options
    const asked = { clusterName, brokerName, brokerId, designateElect: false }
    const reply = await this.#ask(
      RequestCode.CONTROLLER_ELECT_MASTER,
      writeHeader(headers.electMasterHeader, asked),
      undefined,
      [ResponseCode.CONTROLLER_MASTER_STILL_EXIST],
    )
    return standingOf(reply, readBody(electMasterBody, reply.body).syncStateSet)
  }

  async standing(): Promise<Standing> {
    const { brokerName } = this.#options
    const ext = writeHeader(headers.replicaInfoHeader, { brokerName })
    const reply = await this.#ask(RequestCode.CONTROLLER_GET_REPLICA_INFO, ext)
    const set = readBody(syncStateSetBody, reply.body)
    return { ...standingOf(reply, set.syncStateSet), syncStateSetEpoch: set.syncStateSetEpoch }
  }

  async alter(masterBrokerId: number, masterEpoch: number, wanted: readonly number[], syncStateSetEpoch: number) {
    const { brokerName } = this.#options
    const ext = writeHeader(headers.alterSyncStateSetHeader, { brokerName, masterBrokerId, masterEpoch })
    const body = writeBody(syncStateSetBody, { syncStateSet: [...wanted], syncStateSetEpoch }, 'standard')
    const reply = await this.#ask(RequestCode.CONTROLLER_ALTER_SYNC_STATE_SET, ext, body)
    return readBody(syncStateSetBody, reply.body)
  }

  /** Every controller hears it: one of them may have to elect next. */
  async heartbeat(self: SelfReport): Promise<void> {
    const { dialer, controllerAddr, clusterName, brokerName, address } = this.#options
    const ext = writeHeader(brokerHeartbeatHeader, {
      clusterName,
      brokerName,
      brokerAddr: address,
      brokerId: self.brokerId,
      epoch: self.epoch,
      maxOffset: self.maxOffset,
      confirmOffset: self.maxOffset,
      heartbeatTimeoutMills: self.timeoutMs,
      electionPriority: self.electionPriority,
    })
    const beats = addressesOf(controllerAddr).map((at) =>
      dialer.request(at, RequestCode.BROKER_HEARTBEAT, { ...ext }, undefined, askMs),
    )
    await Promise.any(beats)
  }

  async #ask(code: number, ext: ExtFields, body?: Buffer, alsoGood: readonly number[] = []): Promise<Command> {
    const { dialer } = this.#options
    try {
      this.#leader ??= await this.#find()
      const reply = await dialer.request(this.#leader, code, ext, body, askMs)
      if (reply.code === ResponseCode.SUCCESS || alsoGood.includes(reply.code)) return reply
      throw new RefusedError(reply.code, reply.remark)
    } catch (error) {
      this.#leader = undefined
      throw error
    }
  }

  async #find(): Promise<string> {
    const { dialer, controllerAddr } = this.#options
    const all = addressesOf(controllerAddr)
    for (const at of all) {
      try {
        const reply = await dialer.request(at, RequestCode.CONTROLLER_GET_METADATA_INFO, {}, undefined, askMs)
        const { controllerLeaderAddress } = readHeader(headers.controllerMetadataReply, reply.ext)
        if (reply.code === ResponseCode.SUCCESS && controllerLeaderAddress) return controllerLeaderAddress
      } catch {
        // the next one may answer
      }
    }
    throw new Error(`no controller answers at ${all.join(', ') || 'controllerAddr, which is empty'}`)
  }
}

function standingOf(reply: Command, syncStateSet: readonly number[]): Standing {
  const { masterBrokerId, masterAddress, masterEpoch, syncStateSetEpoch } = readHeader(headers.masterReply, reply.ext)
  const isThere = masterBrokerId !== undefined && masterAddress !== undefined && masterAddress !== ''
  return {
    master: isThere ? { brokerId: masterBrokerId, address: masterAddress } : undefined,
    masterEpoch: masterEpoch ?? 0,
    syncStateSet,
    syncStateSetEpoch: syncStateSetEpoch ?? 0,
  }
}
