// test/support/java.ts: the stock Java parts tests are judged by. Finds a JDK and RocketMQ's jars (a named folder, a
// folder fetched earlier, or Maven into a cache of this project's own), compiles the programs of test/client/java.
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { homedir, platform } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { locked } from '../../broker/build/lock.mjs'
import { type Child, launch, run } from './children'
import { projectRoot, temporaryFolder } from './folders'

export const REFERENCE_VERSION = '5.5.0'

/** Why Java tests cannot run here, or the parts they need. */
export type JavaParts = { missing: string } | { java: string; javac: string; lib: string }

export const cacheRoot = (): string => {
  if (process.env.XDG_CACHE_HOME) return process.env.XDG_CACHE_HOME
  if (platform() === 'darwin') return join(homedir(), 'Library', 'Caches')
  return join(homedir(), '.cache')
}

export function findInPath(name: string): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const candidate = join(folder, name)
    if (folder !== '' && existsSync(candidate) && statSync(candidate).isFile()) return candidate
  }
  return undefined
}

function findJdk(): { java: string; javac: string } | undefined {
  const home = process.env.JAVA_HOME
  if (home && existsSync(join(home, 'bin', 'javac')))
    return { java: join(home, 'bin', 'java'), javac: join(home, 'bin', 'javac') }
  const java = findInPath('java')
  const javac = findInPath('javac')
  return java && javac ? { java, javac } : undefined
}

const holds = (lib: string, artifact: string, version: string) =>
  existsSync(join(lib, `rocketmq-${artifact}-${version}.jar`))

/** The whole of Apache RocketMQ 5.5.0 (server, tools, client, examples), or why it is not here. */
export async function javaParts(): Promise<JavaParts> {
  const jdk = findJdk()
  if (!jdk) return { missing: 'no JDK: set JAVA_HOME or put java and javac into PATH' }
  const named = process.env.ROCKETDECK_REFERENCE_LIB
  if (named && holds(named, 'broker', REFERENCE_VERSION)) return { ...jdk, lib: named }
  const fetched = join(cacheRoot(), 'rocketdeck-reference', REFERENCE_VERSION, 'lib')
  if (holds(fetched, 'broker', REFERENCE_VERSION)) return { ...jdk, lib: fetched }
  const lib = await resolve(`all-${REFERENCE_VERSION}`, REFERENCE_VERSION, [
    'namesrv',
    'broker',
    'tools',
    'client',
    'example',
  ])
  return typeof lib === 'string' ? { ...jdk, lib } : lib
}

/** The client of another version, e.g. 4.9.8; its signing of requests lies in an artifact of its own before 5.5. */
export async function clientLib(
  version: string,
  artifacts: string[] = ['client'],
): Promise<{ missing: string } | { lib: string }> {
  const lib = await resolve(`${artifacts.join('-')}-${version}`, version, artifacts)
  return typeof lib === 'string' ? { lib } : lib
}

/** Alibaba Cloud's own client, which speaks the same protocol. */
export async function onsLib(): Promise<{ missing: string } | { lib: string }> {
  const version = '1.8.8.5.Final'
  const lib = await resolve(`ons-client-${version}`, version, ['ons-client'], {
    group: 'com.aliyun.openservices',
    prefix: '',
    isThere: (folder) => existsSync(join(folder, `ons-client-${version}.jar`)),
  })
  return typeof lib === 'string' ? { lib } : lib
}

interface Publisher {
  group: string
  /** Of its artifacts' names. */
  prefix: string
  isThere(folder: string): boolean
}
const apache = (version: string): Publisher => ({
  group: 'org.apache.rocketmq',
  prefix: 'rocketmq-',
  isThere: (folder) => holds(folder, 'client', version),
})

/** Resolves artifacts with Maven, once; two test processes may ask at the same time. */
async function resolve(
  name: string,
  version: string,
  artifacts: string[],
  { group, prefix, isThere } = apache(version),
): Promise<string | { missing: string }> {
  const folder = join(cacheRoot(), 'rocketdeck-tests')
  const lib = join(folder, name)
  if (isThere(lib)) return lib
  const mvn = findInPath('mvn')
  if (!mvn) return { missing: `${prefix}${artifacts[0]} ${version} is not here and there is no Maven to fetch it` }
  mkdirSync(folder, { recursive: true })
  const work = temporaryFolder('maven')
  const dependencies = artifacts
    .map(
      (artifact) =>
        `<dependency><groupId>${group}</groupId><artifactId>${prefix}${artifact}</artifactId><version>${version}</version></dependency>`,
    )
    .join('')
  writeFileSync(
    join(work, 'pom.xml'),
    `<project><modelVersion>4.0.0</modelVersion><groupId>rocketdeck</groupId><artifactId>tests</artifactId><version>1</version><packaging>pom</packaging><dependencies>${dependencies}</dependencies></project>`,
  )
  const fetched = join(folder, `${name}.${process.pid}`)
  const maven = await run(
    mvn,
    [
      '-q',
      '-B',
      '-f',
      join(work, 'pom.xml'),
      'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies',
      '-DincludeScope=runtime',
      `-DoutputDirectory=${fetched}`,
    ],
    { cwd: work, timeoutMs: 240_000 },
  ).catch((error: Error) => ({ code: 1, output: error.message }))
  if (maven.code !== 0 || !isThere(fetched)) {
    rmSync(fetched, { recursive: true, force: true })
    return {
      missing: `Maven could not fetch ${prefix}${artifacts[0]} ${version}: ${maven.output.trim().split('\n')[0] ?? ''}`,
    }
  }
  try {
    renameSync(fetched, lib)
  } catch {
    rmSync(fetched, { recursive: true, force: true }) // another process was faster
  }
  return lib
}

/** Everything RocketMQ needs of a JDK newer than 8. */
const jdkFlags = [
  '--add-exports=java.base/sun.nio.ch=ALL-UNNAMED',
  '--add-opens=java.base/java.lang=ALL-UNNAMED',
  '--add-opens=java.base/java.nio=ALL-UNNAMED',
  '--add-opens=java.base/sun.nio.ch=ALL-UNNAMED',
]
/** A JVM that starts soon, for tests; a bench wants one that runs fast. */
const quickStart = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']

export interface JavaRun {
  java: string
  lib: string
  main: string
  args?: readonly string[]
  /** -D properties. */
  properties?: Record<string, string>
  /** Classes to be found before those of the jars. */
  classes?: string
  heap?: string
  /** Flags of the JVM instead of those that make it start soon. */
  jvm?: readonly string[]
  home?: string
  env?: Record<string, string>
  timeoutMs?: number
}

function commandLine(options: JavaRun): string[] {
  const shared = options.jvm === undefined ? archiveFor(options) : undefined
  const classes = shared?.classes ?? options.classes
  const home = options.home ?? temporaryFolder('java-home')
  const properties = { 'user.home': home, 'rocketmq.client.logUseSlf4j': 'false', ...options.properties }
  return [
    ...jdkFlags,
    ...(options.jvm ?? quickStart),
    ...(shared?.flags ?? []),
    `-Xmx${options.heap ?? '256m'}`,
    ...Object.entries(properties).map(([key, value]) => `-D${key}=${value}`),
    '-cp',
    classPath(classes, options.lib),
    options.main,
    ...(options.args ?? []),
  ]
}

const whereOf = ({ env = {} }: JavaRun) => ({ cwd: temporaryFolder('java'), env })

export const launchJava = (options: JavaRun): Child => launch(options.java, commandLine(options), whereOf(options))

export const runJava = (options: JavaRun) =>
  run(options.java, commandLine(options), { ...whereOf(options), timeoutMs: options.timeoutMs ?? 120_000 })

/** Stock `mqadmin`. Its exit code says little: judge the text. */
export const mqadmin = (parts: { java: string; lib: string }, args: readonly string[], timeoutMs = 60_000) => {
  const home = temporaryFolder('mqadmin')
  return runJava({
    ...parts,
    main: 'org.apache.rocketmq.tools.command.MQAdminStartup',
    args,
    home,
    properties: { 'rocketmq.home.dir': home, 'rmq.logback.configurationFile': 'rmq.tools.logback.xml' },
    timeoutMs,
  })
}

const classPath = (classes: string | undefined, lib: string): string =>
  [...(classes ? [classes] : []), join(lib, '*')].join(delimiter)

const sourcesOf = (folder: string): string[] => {
  const source = join(projectRoot, 'test', 'client', folder)
  const names = readdirSync(source).filter((name) => name.endsWith('.java'))
  return names.sort().map((name) => join(source, name))
}
const places = new Map<string, string>()
/** Where the classes of a folder lie, once compiled: another place for each JDK, set of jars and state of the sources. */
function placeOf({ java, lib }: { java: string; lib: string }, folder: string): string {
  const key = `${folder}\n${java}\n${lib}`
  const known = places.get(key)
  if (known !== undefined) return known
  const hash = createHash('sha256').update(key).update(jdkRelease(java))
  for (const path of sourcesOf(folder)) hash.update(`\n${path}\n`).update(readFileSync(path))
  const place = join(projectRoot, 'dist', 'test-classes', `${folder}-${hash.digest('hex').slice(0, 16)}`)
  places.set(key, place)
  return place
}
/** What a JDK says of itself; one that was replaced in its place is another. */
function jdkRelease(java: string): string {
  const release = join(realpathSync(java), '..', '..', 'release')
  return existsSync(release) ? readFileSync(release, 'utf8') : ''
}

/**
 * Compiles every program of a folder of test/client against the jars, once for all files that ask; answers with the jar
 * of the classes, which others use too.
 */
export async function compileJava(
  parts: { java: string; javac: string; lib: string },
  folder = 'java',
): Promise<string> {
  const built = placeOf(parts, folder)
  const jar = join(built, classesJar)
  await locked(`${built}.lock`, async () => {
    if (existsSync(built)) return
    const classes = temporaryFolder('classes')
    const flags = [...quickStart.map((flag) => `-J${flag}`), '-proc:none', '-nowarn']
    const options = [...flags, '-d', classes, '-cp', join(parts.lib, '*')]
    await succeed(parts.javac, [...options, ...sourcesOf(folder)])
    // made beside its place and renamed: a half-made one is never seen
    const half = `${built}.${process.pid}`
    mkdirSync(half, { recursive: true })
    await succeed(join(dirname(realpathSync(parts.javac)), 'jar'), [
      '--create',
      '--file',
      join(half, classesJar),
      '-C',
      classes,
      '.',
    ])
    renameSync(half, built)
  })
  if (folder === 'java') void makeArchive(parts, built).catch(() => undefined) // nobody waits for it
  return jar
}

async function succeed(command: string, args: readonly string[]): Promise<void> {
  const { code, output } = await run(command, args, { timeoutMs: 120_000 })
  if (code !== 0) throw new Error(`${command}: ${output}`)
}

const classesJar = 'tests.jar'
const archiveName = 'shared.jsa'
/** A JVM that finds no use for an archive goes on without it and without a word: what programs print is compared. */
const archiveFlags = ['-Xshare:auto', '-Xlog:disable', '-Xlog:all=error:stderr']

/**
 * Classes of the jars as a JVM has them once they are read and checked, in a file that later ones map (AppCDS): almost
 * half of what a start of mqadmin costs (2.3 and 1.2 CPU seconds). Nobody waits for it: who comes before it is there, or
 * where this JDK cannot make one, starts without.
 */
async function makeArchive(parts: { java: string; lib: string }, built: string): Promise<void> {
  const archive = join(built, archiveName)
  const failed = `${archive}.failed`
  const isDecided = () => existsSync(archive) || existsSync(failed)
  if (isDecided()) return
  await locked(`${archive}.lock`, async () => {
    if (isDecided()) return
    const half = `${archive}.half`
    rmSync(half, { force: true }) // of a process that ended before
    const flags = [...quickStart, `-XX:ArchiveClassesAtExit=${half}`, ...archiveFlags]
    const classes = join(built, classesJar)
    const training = runJava({ ...parts, classes, main: 'SharedClasses', jvm: flags })
    const end = await training.catch(() => undefined)
    if (end?.code === 0 && existsSync(half)) renameSync(half, archive)
    else writeFileSync(failed, end?.output ?? 'it took too long')
  })
  // those of older states of the programs are in nobody's way but the disk's
  const siblings = readdirSync(dirname(built)).filter((name) => /^java-[0-9a-f]{16}$/.test(name))
  for (const name of siblings) {
    const sibling = join(dirname(built), name)
    if (sibling !== built) rmSync(join(sibling, archiveName), { force: true })
  }
}

/** The archive begins with the same class path, and so must every run that uses it. */
function archiveFor({ java, lib, classes }: JavaRun): { classes: string; flags: readonly string[] } | undefined {
  if (process.env.VITEST === undefined) return undefined // a bench compares as users run
  const built = placeOf({ java, lib }, 'java')
  const jar = join(built, classesJar)
  const archive = join(built, archiveName)
  if ((classes !== undefined && classes !== jar) || !existsSync(archive)) return undefined
  return { classes: jar, flags: [`-XX:SharedArchiveFile=${archive}`, ...archiveFlags] }
}
