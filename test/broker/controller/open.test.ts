// test/broker/controller/open.test.ts: a controller that has just started, or whose master is gone: whom it does not hear yet it takes for nothing.
import { mkdir, rmdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Controller, openController } from '../../../broker/controller/open'
import type { Connection, Dialer, Reply } from '../../../broker/net/types'
import { readBody, writeBody } from '../../../broker/protocol/bodies'
import { replicasInfoBody, syncStateSetBody } from '../../../broker/protocol/bodies-controller'
import { RequestCode, ResponseCode } from '../../../broker/protocol/codes'
import type { Command } from '../../../broker/protocol/command'
import { temporaryFolder } from '../../support/folders'
import { freePort } from '../../support/ports'

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

const start = async (path: string) => {
  let now = 1_000_000
  const controller: Controller = await openController({
    address: '127.0.0.1:1',
    path,
    settings: {
      enableElectUncleanMaster: false,
      notifyBrokerRoleChanged: false,
      scanInactiveMasterInterval: 600_000,
      configBlackList: null,
    },
    settingsText: () => '',
    changeSettings: async () => undefined,
    dialer: {} as Dialer, // nobody is told
    clock: () => now,
    log: () => undefined,
  })
  ends.push(() => controller.close())
  const connections = new Map<number, Connection>()
  const connection = (id: number): Connection => {
    const held = connections.get(id) ?? ({} as Connection) // only told apart
    connections.set(id, held)
    return held
  }
  const ask = async (
    code: number,
    ext: Record<string, string>,
    body: Buffer = Buffer.alloc(0),
    from = connection(0),
  ): Promise<Reply> =>
    (await controller.answers.get(code)?.({ code, ext, body } as unknown as Command, from)) ?? { code: -1 } // what is read of it
  const of = (id: number) => ({ clusterName: 'C', brokerName: 'b', brokerId: String(id) })
  return {
    pass: (ms: number) => {
      now += ms
    },
    apply: (id: number) =>
      ask(RequestCode.CONTROLLER_APPLY_BROKER_ID, {
        ...of(id),
        appliedBrokerId: String(id),
        registerCheckCode: `h:${id};1`,
      }),
    beat: (id: number, maxOffset = 0, brokerAddr = `h:${id}`) => {
      const beat = { ...of(id), brokerAddr, epoch: '1', maxOffset: String(maxOffset) }
      return ask(RequestCode.BROKER_HEARTBEAT, beat, undefined, connection(id))
    },
    close: () => controller.close(),
    lose: (id: number) => controller.connectionClosed(connection(id)),
    register: (id: number) => ask(RequestCode.CONTROLLER_REGISTER_BROKER, { ...of(id), brokerAddress: `h:${id}` }),
    elect: (id: number) => ask(RequestCode.CONTROLLER_ELECT_MASTER, of(id)),
    inSync: async (ids: number[]) => {
      const body = writeBody(syncStateSetBody, { syncStateSet: ids, syncStateSetEpoch: 1 }, 'standard')
      return ask(RequestCode.CONTROLLER_ALTER_SYNC_STATE_SET, { ...of(1), masterBrokerId: '1', masterEpoch: '1' }, body)
    },
    master: async () => {
      const reply = await ask(RequestCode.CONTROLLER_GET_SYNC_STATE_DATA, {}, Buffer.from('["b"]'))
      return readBody(replicasInfoBody, Buffer.from(reply.body as Buffer)).replicasInfoTable.get('b')?.masterBrokerId
    },
  }
}

it('makes a master that started again with it wait for the other that holds all that was acknowledged', async () => {
  const path = join(temporaryFolder('controller'), 'controller.json')
  const before = await start(path)
  for (const id of [1, 2]) {
    await before.apply(id)
    await before.beat(id)
  }
  await before.elect(1)
  expect((await before.inSync([1, 2])).code).toBe(ResponseCode.SUCCESS)
  await ends.pop()?.()

  // the power of the machine with the controller and the master was cut: the other broker is alive, and heard a moment later
  const after = await start(path)
  await after.beat(1)
  expect((await after.register(1)).code).toBe(ResponseCode.CONTROLLER_ELECT_MASTER_FAILED)
  expect(await after.master()).toBe(1)
  await after.beat(2)
  expect((await after.register(1)).code).toBe(ResponseCode.SUCCESS)
  expect(await after.master()).toBe(2)
})

it('remembers no heartbeat of whom nobody registered', async () => {
  const controller = await start(join(temporaryFolder('controller'), 'controller.json'))
  expect((await controller.beat(7)).code).toBe(ResponseCode.SUCCESS)
  await controller.apply(1)
  await controller.beat(1)
  await controller.elect(1)
  expect((await controller.inSync([1, 7])).code).toBe(ResponseCode.CONTROLLER_INVALID_REPLICAS)
  await controller.apply(2)
  expect((await controller.inSync([1, 2])).code).toBe(ResponseCode.CONTROLLER_BROKER_NOT_ALIVE)
})

it('makes it master again when nobody else was heard for a while', async () => {
  const path = join(temporaryFolder('controller'), 'controller.json')
  const before = await start(path)
  for (const id of [1, 2]) {
    await before.apply(id)
    await before.beat(id)
  }
  await before.elect(1)
  await before.inSync([1, 2])
  await ends.pop()?.()
  const after = await start(path)
  after.pass(5000)
  await after.beat(1)
  expect((await after.register(1)).code).toBe(ResponseCode.CONTROLLER_ELECT_MASTER_FAILED)
  after.pass(3000)
  expect((await after.register(1)).code).toBe(ResponseCode.SUCCESS)
  expect(await after.master()).toBe(1)
})

it('lets the longest log win where all that are in sync began anew, and not the first that is back', async () => {
  for (const comesBack of [true, false]) {
    const controller = await start(join(temporaryFolder('controller'), 'controller.json'))
    for (const id of [1, 2]) {
      await controller.apply(id)
      await controller.beat(id)
    }
    await controller.elect(1)
    await controller.inSync([1, 2])
    controller.pass(60_000) // all of them are down
    await controller.beat(2, -1)
    expect((await controller.register(2)).ext).not.toHaveProperty('masterBrokerId')
    await controller.beat(2, 100)
    expect((await controller.elect(2)).code).toBe(ResponseCode.CONTROLLER_ELECT_MASTER_FAILED)
    controller.pass(2000)
    if (comesBack) {
      await controller.beat(1, -1) // it has not looked yet how far its log reaches
      expect((await controller.register(1)).code).toBe(ResponseCode.CONTROLLER_ELECT_MASTER_FAILED)
      expect((await controller.elect(2)).code).toBe(ResponseCode.CONTROLLER_ELECT_MASTER_FAILED)
      await controller.beat(1, 200)
      expect((await controller.register(1)).ext).toMatchObject({ masterBrokerId: '1', masterEpoch: '2' })
    } else {
      controller.pass(1000)
      expect((await controller.elect(2)).ext).toMatchObject({ masterBrokerId: '2', masterEpoch: '2' })
    }
  }
})

it('tells nobody what it could not write, and goes on once it can', async () => {
  const path = join(temporaryFolder('controller'), 'controller.json')
  const controller = await start(path)
  for (const id of [1, 2]) {
    await controller.apply(id)
    await controller.beat(id)
  }
  await controller.elect(1)
  await mkdir(`${path}.tmp`) // where the new file would be written
  await expect(controller.inSync([1, 2])).rejects.toThrow('EISDIR')
  await expect(controller.master()).rejects.toThrow('EISDIR')
  expect((await controller.beat(2)).code).toBe(ResponseCode.SUCCESS)
  await rmdir(`${path}.tmp`)
  expect(await controller.master()).toBe(1)
  // it was decided the first time, and is in the file now
  expect((await controller.inSync([1, 2])).remark).toContain('is equal with')
  await ends.pop()?.()
  const again = await start(path)
  await again.beat(2)
  expect((await again.inSync([1, 2])).remark).toContain('is equal with')
})

describe('the connection of the master breaks', () => {
  /** Somebody who accepts connections at a port. */
  const listening = async () => {
    let accepted = 0
    const port = await freePort()
    const server = createServer((socket) => {
      accepted++
      socket.on('error', () => undefined).resume()
    })
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    const stop = () => new Promise<void>((resolve) => server.close(() => resolve()))
    ends.push(stop)
    return { address: `127.0.0.1:${port}`, stop, accepted: () => accepted }
  }
  const led = async () => {
    const brokers = [await listening(), await listening()] as const
    const controller = await start(join(temporaryFolder('controller'), 'controller.json'))
    for (const [index, { address }] of brokers.entries()) {
      await controller.apply(index + 1)
      await controller.beat(index + 1, 0, address)
    }
    await controller.elect(1)
    await controller.inSync([1, 2])
    controller.pass(5000)
    await controller.beat(1, 0, brokers[0].address)
    await controller.beat(2, 0, brokers[1].address)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    ends.push(async () => void vi.useRealTimers())
    return { controller, brokers }
  }
  /** The controller's own clock stands meanwhile. */
  const until = async (isSo: () => boolean | Promise<boolean>) => {
    while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve))
  }

  it('elects at once when nobody listens at its port any more', async () => {
    const { controller, brokers } = await led()
    await brokers[0].stop()
    controller.lose(1)
    await vi.advanceTimersByTimeAsync(100)
    await until(async () => (await controller.master()) === 2)
  })

  it('gives it time to be heard again when somebody does', async () => {
    const { controller, brokers } = await led()
    controller.lose(1)
    await vi.advanceTimersByTimeAsync(100)
    await until(() => brokers[0].accepted() + brokers[1].accepted() === 2)
    expect(await controller.master()).toBe(1)
    await vi.advanceTimersByTimeAsync(300)
    await until(async () => (await controller.master()) === 2)
  })

  it('asks nobody whether a slave listens, whose place nobody has to take', async () => {
    const { controller, brokers } = await led()
    controller.lose(2)
    await vi.advanceTimersByTimeAsync(100)
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(brokers.map(({ accepted }) => accepted())).toEqual([0, 0])
  })

  it('elects nobody once it is closed, whoever is still being asked', async () => {
    const { controller, brokers } = await led()
    await brokers[0].stop()
    controller.lose(1)
    vi.advanceTimersByTime(25) // they are being asked, and none has answered yet
    await controller.close()
    await until(() => brokers[1].accepted() === 1)
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(await controller.master()).toBe(1)
  })

  it('does not hurry where the others went with it', async () => {
    const { controller, brokers } = await led()
    await Promise.all(brokers.map(({ stop }) => stop()))
    controller.lose(1)
    await vi.advanceTimersByTimeAsync(100)
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(await controller.master()).toBe(1)
  })
})
