// test/broker/main.test.ts: the command lines as a user meets them: what a start prints, what it refuses and how it says
// so, how it ends.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { platform } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { type Child, launch } from '../support/children'
import { temporaryFolder } from '../support/folders'
import { freeClusterPorts, freePort } from '../support/ports'
import { clusterInfo } from '../support/reference'
import { launchProgram, startOurBroker, startOurNamesrv, startOurs } from '../support/rocketdeck'
import { mayMount, smallDisk } from '../support/small-disk'

const children: Child[] = []
const kept = <T extends { child: Child }>(started: T): T => {
  children.push(started.child)
  return started
}
afterEach(async () => {
  for (const child of children.splice(0)) if (child.running) await child.kill()
})

/** A start that is expected to end by itself. */
async function refused(program: 'cluster' | 'broker' | 'namesrv', flags: readonly string[], env = {}) {
  const child = launchProgram(program, flags, env)
  const { code } = await child.exited
  return { code, output: child.output }
}
const clusterFlags = async (dataDir = temporaryFolder('data')) => {
  const { namesrvPort, brokerPort } = await freeClusterPorts(2)
  return ['--namesrv-port', `${namesrvPort}`, '--broker-port', `${brokerPort}`, '--data', dataDir]
}

const LISTENS = '0A'
/** The TCP sockets that a process has open, as the kernel lists them: addresses in its own hexadecimal form. */
function socketsOf(pid: number) {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /socket:\[(\d+)\]/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? []
      } catch {
        return [] // it was closed meanwhile
      }
    }),
  )
  const end = (text = '') => ({ ip: text.split(':')[0] ?? '', port: Number.parseInt(text.split(':')[1] ?? '', 16) })
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((words) => inodes.has(words[9] ?? ''))
      .map((words) => ({ local: end(words[1]), remote: end(words[2]), state: words[3] })),
  )
}

describe('a cluster', () => {
  it('DP4: serves metrics that name a bottleneck, and how it is, where it is told to and nowhere else', {
    timeout: 240_000,
  }, async () => {
    const port = await freePort()
    kept(await startOurs({ flags: ['--metrics-port', `${port}`, '--log-format', 'json'] }))
    const ask = async (path: string) => {
      const reply = await fetch(`http://127.0.0.1:${port}${path}`)
      return { status: reply.status, text: await reply.text() }
    }
    expect(await ask('/healthz')).toEqual({ status: 200, text: 'ok\n' })
    expect(await ask('/readyz')).toEqual({ status: 200, text: 'ready\n' })
    // its threads say every few seconds how they are
    const delays = /^rocketdeck_part_event_loop_delay_p99_seconds\{part="broker-a:0",kind="broker"\} [\d.e-]+$/m
    await expect.poll(async () => (await ask('/metrics')).text, { timeout: 60_000, interval: 200 }).toMatch(delays)
    const { text } = await ask('/metrics')
    expect(text).toMatch(/^rocketdeck_part_up\{part="broker-a:0",kind="broker"\} 1$/m)
    expect(text).toMatch(/^rocketdeck_broker_messages_in_total\{node_type="broker",node_id="broker-a:0"\} \d+$/m)
    // DP4: what names a bottleneck: the thread, the disk, the sockets. The broker has written something of its own by now.
    expect(text).toMatch(delays)
    for (const figure of ['disk_ratio', 'put_p99_milliseconds', 'connections'])
      expect(text).toMatch(new RegExp(`^rocketdeck_broker_${figure}\\{[^}]+\\} [\\d.]+$`, 'm'))
    expect((await ask('/else')).status).toBe(404)
    const taken = await refused('cluster', [...(await clusterFlags()), '--metrics-port', `${port}`])
    expect(taken).toMatchObject({ code: 1, output: expect.stringContaining(`--metrics-port ${port}`) })
  })
  it('DP1: says where its parts are in one line, and no word of ready before', async () => {
    const { child, namesrv, broker } = kept(
      await startOurs({ flags: ['--set', 'unheardOf=1', '--proxy-port', '1234'] }),
    )
    const lines = child.output.trim().split('\n')
    const at = lines.findIndex((line) => line.startsWith('ready in '))
    expect(lines[at]).toMatch(new RegExp(`^ready in \\d+ ms: name server ${namesrv}, broker-a:0 ${broker}$`))
    expect(lines.slice(0, at).filter((line) => /ready/i.test(line))).toEqual([])
    expect(child.output).toContain('unheardOf: not a property of Apache RocketMQ 5.5.0, ignored')
    expect(child.output).toContain('--proxy-port 1234: there is no gRPC proxy yet')
  })

  it('is in the route once it is ready, and gone from the files it locked once it ended', async () => {
    const { child, namesrv, broker, dataDir } = kept(await startOurs())
    expect(await clusterInfo(namesrv)).toContain(broker)
    expect(await child.stop()).toEqual({ code: 0, signal: null })
    expect(readdirSync(dataDir).sort()).toEqual(['broker-a-0', 'lock', 'logs', 'namesrv'])
    expect(readdirSync(join(dataDir, 'broker-a-0'))).not.toContain('abort')
    expect(readFileSync(join(dataDir, 'logs', 'cluster.log'), 'utf8')).toContain(' namesrv ')
  })

  it('NS11: needs no other service: it listens, and dials nothing but itself', async (context) => {
    if (platform() !== 'linux') context.skip('only Linux shows the sockets of a process')
    const { child, namesrvPort, brokerPort } = kept(await startOurs())
    const sockets = socketsOf(child.pid)
    const listening = sockets.filter(({ state }) => state === LISTENS).map(({ local }) => local.port)
    expect(listening.sort((a, b) => a - b)).toEqual(
      [namesrvPort, brokerPort - 2, brokerPort, brokerPort + 1].sort((a, b) => a - b),
    )
    expect(new Set(sockets.map(({ local }) => local.ip))).toEqual(new Set(['0100007F']))
    const dialled = sockets.filter(({ state, local }) => state !== LISTENS && !listening.includes(local.port))
    expect(dialled.length).toBeGreaterThan(0) // the broker, at the name server
    expect(dialled.filter(({ remote }) => !listening.includes(remote.port))).toEqual([])
  })

  it('starts as many masters as its preset says', async () => {
    const { child, namesrv, brokerPort } = kept(await startOurs({ preset: '2m-noslave' }))
    expect(child.output).toContain(`broker-b:0 127.0.0.1:${brokerPort + 10}`)
    expect(await clusterInfo(namesrv)).toContain(`127.0.0.1:${brokerPort + 10}`)
  })

  it('takes properties from --conf and --set, warns once of what it does not know or use, and keeps its own names', async () => {
    const conf = join(temporaryFolder('conf'), 'broker.conf')
    writeFileSync(conf, 'brokerName=mine\nfileReservedTime=48\nnotAKey=1\nbrokerClusterName=Shop\n')
    const flags = ['--preset', '2m-noslave', '--conf', conf, '--set', 'warmMapedFileEnable=true']
    const { namesrvPort, brokerPort } = await freeClusterPorts(2)
    const ports = ['--namesrv-port', `${namesrvPort}`, '--broker-port', `${brokerPort}`]
    const child = launchProgram('cluster', [...flags, ...ports, '--data', temporaryFolder('data')])
    children.push(child)
    await child.line(/^ready in /)
    expect(await clusterInfo(`127.0.0.1:${namesrvPort}`)).toContain('"Shop"')
    const times = (text: string) => child.output.split(text).length - 1
    expect(times('notAKey: not a property')).toBe(1)
    expect(child.output).toContain('brokerName=mine: this start decides it, brokerName=broker-a holds')
    expect(times('warmMapedFileEnable has no effect here')).toBe(1)
  })

  it('does not start with an impossible value, and names key, value and what is possible', async () => {
    const { code, output } = await refused('cluster', [...(await clusterFlags()), '--set', 'flushDiskType=SOMETIMES'])
    expect(code).toBe(1)
    expect(output).toContain('flushDiskType=SOMETIMES')
    expect(output).toContain('SYNC_FLUSH')
    expect(output).not.toContain('    at ')
  })

  it('does not start on a port in use, and says which', async () => {
    const flags = await clusterFlags()
    const [namesrvPort, brokerPort] = [Number(flags[1]), Number(flags[3])]
    const why = 'is in use by another program: stop that one, or choose another with'
    for (const [port, words] of [
      [namesrvPort, `namesrv: port ${namesrvPort} (its port) ${why} --namesrv-port`],
      [brokerPort - 2, `broker-a:0: port ${brokerPort - 2} (its VIP port, 2 below ${brokerPort}) ${why} --broker-port`],
    ] as const) {
      const other = createServer().listen(port, '127.0.0.1')
      const { code, output } = await refused('cluster', flags)
      other.close()
      expect(code).toBe(1)
      expect(output).toContain(words)
    }
  })

  it('does not start on a folder another process uses, and names that process', async () => {
    const { child, dataDir } = kept(await startOurs())
    const { code, output } = await refused('cluster', await clusterFlags(dataDir))
    expect(code).toBe(1)
    expect(output).toContain(`is in use by process ${child.pid}`)
  })

  it('does not start where it cannot write, and says why', async () => {
    const folder = temporaryFolder('readonly')
    const file = join(folder, 'file')
    writeFileSync(file, '')
    const below = await refused('cluster', await clusterFlags(join(file, 'data')))
    expect([below.code, below.output]).toEqual([
      1,
      expect.stringContaining('cannot be used: a part of the path is a file'),
    ])
    if (process.platform === 'linux') {
      // a file system that only pretends to make folders
      const proc = await refused('cluster', await clusterFlags('/proc/x/data'))
      expect([proc.code, proc.output]).toEqual([1, expect.stringContaining('its file system makes no folders')])
      expect(proc.output).not.toContain('    at ')
    }
    if (mayMount) {
      const disk = smallDisk(1)
      disk.makeReadOnly()
      const { code, output } = await refused('cluster', await clusterFlags(join(disk.folder, 'data')))
      disk.unmount()
      expect([code, output]).toEqual([1, expect.stringContaining('it lies on a read-only file system')])
      expect(output).not.toContain('    at ')
    }
    if (process.getuid?.() === 0) return // root may write everywhere
    mkdirSync(join(folder, 'closed'))
    chmodSync(join(folder, 'closed'), 0o500)
    const closed = await refused('cluster', await clusterFlags(join(folder, 'closed', 'data')))
    expect([closed.code, closed.output]).toEqual([1, expect.stringContaining('may not be written by this user')])
  })

  it('does not start without a file that it is told to read, or with a preset that is none', async () => {
    for (const [flags, words] of [
      [['--conf', '/nowhere/broker.conf'], '--conf /nowhere/broker.conf: there is no such file'],
      [['--config', '/nowhere/flags.json'], '--config /nowhere/flags.json: there is no such file'],
      [['--preset', '9x'], '--preset 9x: no such preset; take Nm-noslave'],
    ] as const) {
      const { code, output } = await refused('cluster', flags)
      expect(code).toBe(2)
      expect(output).toContain(words)
    }
  })

  it('refuses flags it does not know, and lists those it does', async () => {
    expect(await refused('cluster', ['--colour', 'red'])).toMatchObject({
      code: 2,
      output: expect.stringContaining('--colour is not a flag here'),
    })
    const help = await refused('cluster', ['--help'])
    expect(help.code).toBe(0)
    for (const flag of [
      '--preset',
      '--host',
      '--data',
      '--namesrv-port',
      '--broker-port',
      '--proxy-port',
      '--conf',
      '--set',
    ])
      expect(help.output).toContain(flag)
  })

  it('has a thread pool for all its brokers', async () => {
    if (!existsSync('/proc/self/task')) return // only Linux names threads there
    const { child } = kept(await startOurs({ preset: '2m-noslave' }))
    const names = readdirSync(`/proc/${child.pid}/task`).map((task) =>
      readFileSync(`/proc/${child.pid}/task/${task}/comm`, 'utf8').trim(),
    )
    const pool = names.filter((name) => name.startsWith('libuv'))
    if (pool.length > 0) expect(pool).toHaveLength(4 + 4 * 2)
  })
})

describe('a signal', () => {
  const npm = async (detached = false) => {
    const flags = await clusterFlags()
    const child = launch('npm', ['run', 'cluster', '--silent', '--', ...flags], { detached })
    children.push(child)
    await child.line(/^ready in /)
    return child
  }

  it('to npm alone reaches the cluster, which ends in order', async () => {
    const child = await npm()
    child.signal('SIGTERM')
    await child.exited
    expect(child.output).toContain('SIGTERM: stopping in order')
    expect(child.output).not.toContain('again')
  })

  it('to the whole group, which delivers it twice, is one request', async () => {
    const child = await npm(true)
    child.signal('SIGINT', true)
    await child.exited
    expect(child.output.split('stopping in order').length - 1).toBe(1)
    expect(child.output).not.toContain('again')
  })

  it('twice in a row ends with 0 and in order', async () => {
    const { child } = kept(await startOurs())
    child.signal('SIGINT')
    await sleep(50)
    child.signal('SIGINT')
    expect(await child.exited).toEqual({ code: 0, signal: null })
  })

  it('during the start ends it', async () => {
    const child = launchProgram('cluster', await clusterFlags())
    await sleep(150)
    child.signal('SIGTERM')
    const { code, signal } = await child.exited
    expect(code === 0 || signal === 'SIGTERM').toBe(true)
  })
})

describe('a part alone', () => {
  it('NS5: is a name server with -c and a broker with -c and -n, which leaves the route before it ends', async () => {
    const namesrv = kept(await startOurNamesrv())
    const conf = join(temporaryFolder('conf'), 'broker.conf')
    writeFileSync(conf, 'brokerName=lone\nbrokerClusterName=Alone\n')
    const broker = kept(await startOurBroker({ namesrv: namesrv.address, flags: ['-c', conf] }))
    const info = await clusterInfo(namesrv.address)
    expect(info).toContain('"lone"')
    expect(info).toContain(broker.address)
    expect((await broker.child.stop()).code).toBe(0)
    expect(await clusterInfo(namesrv.address)).not.toContain('"lone"')
    expect((await namesrv.child.stop()).code).toBe(0)
  })

  it('NS5: that is killed is in no route any more', async () => {
    const namesrv = kept(await startOurNamesrv())
    const broker = kept(await startOurBroker({ namesrv: namesrv.address }))
    expect(await clusterInfo(namesrv.address)).toContain(broker.address)
    await broker.child.kill()
    // a minute is less than the two after which it would have been missed
    await expect.poll(() => clusterInfo(namesrv.address), { timeout: 60_000 }).not.toContain(broker.address)
  })

  it('says of a broker without a name server that it registers nowhere', async () => {
    const port = await freePort([-2, 0, 1])
    const child = launchProgram('broker', ['--port', String(port), '--data', temporaryFolder('lone')])
    kept({ child })
    await child.line(/^ready in /)
    expect(child.output).toContain('no name server was named (-n ADDR): this broker registers nowhere')
  })

  it('NS10: prints every property with -p and ends', async () => {
    const { code, output } = await refused('broker', ['-p', '--set', 'fileReservedTime=12'])
    expect(code).toBe(0)
    expect(output).toContain('\nfileReservedTime=12\n')
    expect((await refused('namesrv', ['-p'])).output).toContain('listenPort=9876')
  })

  it('starts without its name server and registers when that comes up', async () => {
    const port = await freePort()
    const broker = kept(await startOurBroker({ namesrv: `127.0.0.1:${port}` }))
    expect(broker.child.output).toContain(`cannot register with name server 127.0.0.1:${port}`)
    const namesrv = kept(await startOurNamesrv({ port }))
    await expect.poll(() => clusterInfo(namesrv.address), { timeout: 60_000 }).toContain(broker.address)
  })

  it('takes its flags from the environment and from a file as well', async () => {
    const port = await freePort([-2, 0, 1])
    const folder = temporaryFolder('config')
    writeFileSync(
      join(folder, 'rocketdeck.json'),
      JSON.stringify({ port: 1, data: join(folder, 'data'), namesrv: '127.0.0.1:1' }),
    )
    const child = launchProgram('broker', ['--config', join(folder, 'rocketdeck.json')], { ROCKETDECK_PORT: `${port}` })
    children.push(child)
    expect(await child.line(/^ready in /)).toContain(`broker-a:0 127.0.0.1:${port}`)
    expect(existsSync(join(folder, 'data', 'broker-a-0'))).toBe(true)
  })
})
