// broker/worker/broker-life.ts: a broker as a part. Without a controller it is opened once. Under one (enableControllerMode)
// it is what the controller says: it applies for an id, asks who is master, and is opened anew, in the same thread and on the
// same ports, whenever that changes; before that its log is cut where it goes its own way. It never decides itself.
import { join } from 'node:path'
import type { BrokerValues } from '../config/broker-config'
import { type Epochs, openEpochFile } from '../ha/epochs'
import { dropApplication, readApplication, readIdentity, writeApplication, writeIdentity } from '../ha/identity-file'
import type { SyncStateSet } from '../ha/in-sync'
import { openDialer } from '../net/dial'
import type { Dialer } from '../net/types'
import { ControllerClient, RefusedError, type Standing } from '../peer/controller-client'
import { ResponseCode } from '../protocol/codes'
import { cutStore, logEndOf } from '../store'
import { openPartAccess } from './access'
import { startBroker } from './broker-part'
import { addressOf, openConfig } from './broker-settings'
import type { PartPlan } from './messages'
import type { PartLog, RunningPart, StartPart } from './part-thread'
import type { Place } from './replication'
import { openPartTls } from './tls'

export const startBrokerPart: StartPart = async (plan, log, became) => {
  const { values } = await openConfig(plan, () => {})
  if (!values.enableControllerMode) return startBroker(plan, log)
  const life = await openLife(plan, values, log, became ?? (() => {}))
  await life.start()
  return {
    address: life.address,
    get role() {
      return life.role
    },
    stop: () => life.stop(),
  }
}

const HEARTBEAT_EVERY_MS = 1000
/** Without a role, or without a controller, it asks again so soon. */
const ASK_AGAIN_MS = 300
/** A start does not wait longer for a role: the others of the cluster may be needed for one. */
const START_WAIT_MS = 10_000
/** For an id that others apply for too. */
const MOST_ATTEMPTS = 20

async function openLife(plan: PartPlan, values: BrokerValues, log: PartLog, became: (role: Role) => void) {
  const rootDir = values.storePathRootDir ?? plan.dataDir
  const access = await openPartAccess(plan, join(rootDir, 'config'), log)
  const tls = await openPartTls(plan, log)
  const epochs = await openEpochFile(values.storePathEpochFile ?? join(rootDir, 'epochFileCheckpoint'))
  let life: Life | undefined
  const dialer = openDialer({
    tls: tls.dialing,
    ...(access.sign === undefined ? {} : { sign: access.sign }),
    onClose: () => life?.connectionLost(),
  })
  access.close()
  life = new Life({ plan, values, rootDir, epochs, dialer, log, became })
  return life
}

type Role = RunningPart['role']
interface LifeOptions {
  readonly plan: PartPlan
  readonly values: BrokerValues
  readonly rootDir: string
  readonly epochs: Epochs
  readonly dialer: Dialer
  readonly log: PartLog
  readonly became: (role: Role) => void
}

class Life {
  readonly #options: LifeOptions
  readonly #client: ControllerClient
  readonly address: string
  #brokerId = -1
  #running: RunningPart | undefined
  /** What it was opened as; undefined while it is not. */
  #place: Place | undefined
  #maxOffset: () => number = () => -1
  #told: (set: SyncStateSet) => void = () => {}
  #cutAt: { offset: number; end: number } | undefined
  #isStopped = false
  #isSettling = false
  #again: NodeJS.Timeout | undefined
  #beating: NodeJS.Timeout | undefined
  #complaint: string | undefined
  #firstRole: (() => void) | undefined
  /** Only while its starter waits. */
  #firstFault: ((error: unknown) => void) | undefined

  constructor(options: LifeOptions) {
    const { values, dialer } = options
    this.#options = options
    this.address = addressOf(values.brokerIP1, values.listenPort)
    this.#client = new ControllerClient({
      dialer,
      controllerAddr: values.controllerAddr,
      clusterName: values.brokerClusterName,
      brokerName: values.brokerName,
      address: this.address,
    })
  }

  get role(): Role {
    return this.#place?.isMaster ? 'SYNC_MASTER' : 'SLAVE'
  }

  async start(): Promise<void> {
    const hasRole = new Promise<void>((resolve, reject) => {
      this.#firstRole = resolve
      this.#firstFault = reject
    })
    this.#settleSoon(0)
    let limit: NodeJS.Timeout | undefined
    const waited = new Promise<void>((resolve) => {
      limit = setTimeout(resolve, START_WAIT_MS)
    })
    await Promise.race([hasRole, waited])
    clearTimeout(limit)
    this.#firstFault = undefined
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#again)
    clearInterval(this.#beating)
    await this.#settled
    await this.#running?.stop()
    this.#running = undefined
    await this.#options.epochs.saved().catch(() => {})
    this.#options.dialer.close()
  }

  /** A controller takes whoever is not heard again at once for dead. */
  connectionLost(): void {
    if (!this.#isStopped && this.#brokerId >= 0) void this.#beat()
  }

  #settled: Promise<void> = Promise.resolve()
  #settleSoon(inMs: number): void {
    if (this.#isStopped) return
    clearTimeout(this.#again)
    this.#again = setTimeout(() => {
      if (this.#isSettling) {
        this.#settleSoon(20)
        return
      }
      this.#isSettling = true
      this.#settled = this.#settle().finally(() => {
        this.#isSettling = false
      })
    }, inMs)
  }

  /** Asks the controller, becomes what it says, and comes back later. What the broker itself fails at ends the thread. */
  async #settle(): Promise<void> {
    let standing: Standing | undefined
    try {
      if (this.#brokerId < 0) await this.#identify()
      standing = await this.#ask()
      this.#say(
        standing?.master === undefined ? 'no broker of the in-sync set is alive: nobody can be master' : undefined,
      )
    } catch (error) {
      this.#say(error instanceof Error ? error.message : String(error))
    }
    if (this.#isStopped) return
    try {
      if (standing?.master !== undefined) await this.#become(standing, standing.master)
    } catch (error) {
      const tell = this.#firstFault
      if (tell !== undefined) tell(error)
      else
        setImmediate(() => {
          throw error // nobody caught it: the thread ends, and another begins
        })
      return
    }
    const { syncBrokerMetadataPeriod } = this.#options.values
    this.#settleSoon(this.#place === undefined || standing === undefined ? ASK_AGAIN_MS : syncBrokerMetadataPeriod)
  }

  /** Once when it begins, or for another reason. */
  #say(complaint: string | undefined): void {
    if (complaint === this.#complaint) return
    if (complaint === undefined) this.#options.log('info', 'the controller answers')
    else this.#options.log('warn', `${complaint}${this.#place === undefined ? '; this broker waits' : ''}`)
    this.#complaint = complaint
  }

  async #identify(): Promise<void> {
    const { values, rootDir, log } = this.#options
    const path = values.storePathBrokerIdentity ?? join(rootDir, 'brokerIdentity')
    const own = { clusterName: values.brokerClusterName, brokerName: values.brokerName }
    const held = await readIdentity(path)
    if (held !== undefined) {
      if (held.clusterName !== own.clusterName || held.brokerName !== own.brokerName) {
        throw new Error(
          `${path} is that of ${held.clusterName}/${held.brokerName}, this is ${own.clusterName}/${own.brokerName}`,
        )
      }
      this.#begin(held.brokerId)
      return
    }
    let application = await readApplication(path)
    if (application === undefined) {
      application = { ...own, brokerId: await this.#client.nextBrokerId(), checkCode: `${this.address};${Date.now()}` }
      await writeApplication(path, application)
    }
    for (let attempt = 0; ; attempt++) {
      try {
        await this.#client.applyBrokerId(application.brokerId, application.checkCode)
        break
      } catch (error) {
        if (!(error instanceof RefusedError) || attempt === MOST_ATTEMPTS) throw error
        // somebody else was quicker
        application = { ...application, brokerId: await this.#client.nextBrokerId() }
        await writeApplication(path, application)
      }
    }
    await writeIdentity(path, application)
    await dropApplication(path)
    log('info', `the controller gave it the id ${application.brokerId}`)
    this.#begin(application.brokerId)
  }

  #begin(brokerId: number): void {
    this.#brokerId = brokerId
    this.#beating = setInterval(() => void this.#beat(), HEARTBEAT_EVERY_MS)
  }

  async #beat(): Promise<void> {
    const { values, epochs } = this.#options
    try {
      await this.#client.heartbeat({
        brokerId: this.#brokerId,
        epoch: epochs.last?.epoch ?? -1,
        maxOffset: this.#maxOffset(),
        timeoutMs: values.controllerHeartBeatTimeoutMills,
        electionPriority: values.brokerElectionPriority,
      })
    } catch {
      // #settle tells when no controller answers
    }
  }

  async #ask(): Promise<Standing | undefined> {
    if (this.#place !== undefined) {
      const standing = await this.#client.standing()
      if (standing.master !== undefined || standing.masterEpoch <= this.#place.masterEpoch) return standing
      return this.#elect()
    }
    await this.#beat()
    const standing = await this.#orNobody(() => this.#client.register(this.#brokerId))
    if (standing.master !== undefined) return standing
    await this.#measure()
    return this.#elect()
  }

  /** Nobody is master: among those who come back together the longest log counts, and the store is not open yet. */
  async #measure(): Promise<void> {
    if (this.#maxOffset() >= 0) return
    const { rootDir, values, log } = this.#options
    try {
      const end = await logEndOf({
        rootDir,
        commitLogDir: values.storePathCommitLog ?? undefined,
        segmentBytes: values.mappedFileSizeCommitLog,
      })
      this.#maxOffset = () => end
    } catch (error) {
      log('warn', `how far the log reaches cannot be told to the controller: ${error}`)
    }
    await this.#beat()
  }

  #elect(): Promise<Standing> {
    return this.#orNobody(() => this.#client.elect(this.#brokerId))
  }
  async #orNobody(ask: () => Promise<Standing>): Promise<Standing> {
    try {
      return await ask()
    } catch (error) {
      if (error instanceof RefusedError && error.code === ResponseCode.CONTROLLER_ELECT_MASTER_FAILED) {
        const none = { master: undefined, masterEpoch: 0, syncStateSet: [], syncStateSetEpoch: 0 }
        return none
      }
      throw error
    }
  }

  async #become(standing: Standing, master: NonNullable<Standing['master']>): Promise<void> {
    const { masterEpoch, syncStateSet, syncStateSetEpoch } = standing
    const before = this.#place
    if (before !== undefined && this.#cutAt === undefined) {
      if (masterEpoch < before.masterEpoch) return
      if (masterEpoch === before.masterEpoch) {
        if (before.isMaster) this.#told({ syncStateSet, syncStateSetEpoch })
        return
      }
    }
    const isMaster = master.brokerId === this.#brokerId
    const { log, became } = this.#options
    log(
      'info',
      `${isMaster ? 'this broker is master' : `the master is ${master.brokerId} at ${master.address}`}, epoch ${masterEpoch}`,
    )
    await this.#close()
    await this.#cut()
    if (this.#isStopped) return
    const place: Place = {
      brokerId: this.#brokerId,
      masterEpoch,
      masterAddress: master.address,
      isMaster,
      set: { syncStateSet, syncStateSetEpoch },
      epochs: this.#options.epochs,
      alter: (wanted, epoch) => this.#client.alter(this.#brokerId, masterEpoch, wanted, epoch),
      differsFrom: (offset) => {
        this.#cutAt = { offset, end: this.#maxOffset() }
        this.#settleSoon(0)
      },
      roleChanged: () => this.#settleSoon(0), // the controller itself is asked, whoever said so
      opened: ({ maxOffset, told }) => {
        this.#maxOffset = maxOffset
        this.#told = told
      },
    }
    this.#running = await startBroker(this.#planAs(isMaster), log, place)
    this.#place = place
    this.#firstRole?.()
    became(this.role)
  }

  async #close(): Promise<void> {
    const running = this.#running
    if (running === undefined) return
    this.#running = undefined
    this.#place = undefined
    const maxOffset = this.#maxOffset()
    this.#maxOffset = () => maxOffset
    this.#told = () => {}
    await running.stop()
  }

  async #cut(): Promise<void> {
    const at = this.#cutAt
    if (at === undefined) return
    const { rootDir, values, epochs, log } = this.#options
    await cutStore({
      rootDir,
      commitLogDir: values.storePathCommitLog ?? undefined,
      segmentBytes: values.mappedFileSizeCommitLog,
      offset: at.offset,
      end: at.end,
      log,
    })
    epochs.cutAt(at.offset)
    await epochs.saved()
    this.#cutAt = undefined
  }

  /** A master has the id 0 on the wire; a slave that of the controller. */
  #planAs(isMaster: boolean): PartPlan {
    const { plan } = this.#options
    const place = { brokerRole: isMaster ? 'SYNC_MASTER' : 'SLAVE', brokerId: isMaster ? '0' : String(this.#brokerId) }
    const { brokerRole: _role, brokerId: _id, ...properties } = plan.properties
    return { ...plan, properties, preset: { ...plan.preset, ...place } }
  }
}
