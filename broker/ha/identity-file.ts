// broker/ha/identity-file.ts: who a broker is to its controller: `brokerIdentity` and, while it applies for an id,
// `brokerIdentity-temp`, as Apache's brokers have them. A store keeps its id for good: its epochs and its place in the
// in-sync set go by it.
import { readFileOrBackup, removeSmallFile, writeFileAtomic } from '../file/small-file'

export interface BrokerIdentityFile {
  readonly clusterName: string
  readonly brokerName: string
  readonly brokerId: number
}
export interface Application extends BrokerIdentityFile {
  readonly checkCode: string
}

/** Throws when the file holds no identity: a broker that guessed could take another's place. */
export async function readIdentity(path: string): Promise<BrokerIdentityFile | undefined> {
  return readFileOrBackup(path, (text) => parse(text, path))
}
export const writeIdentity = (path: string, { clusterName, brokerName, brokerId }: BrokerIdentityFile): Promise<void> =>
  writeFileAtomic(path, `${clusterName}#${brokerName}#${brokerId}`)

const temporary = (path: string): string => `${path}-temp`
export async function readApplication(path: string): Promise<Application | undefined> {
  return readFileOrBackup(temporary(path), (text) => ({ ...parse(text, path), checkCode: text.split('#')[3] ?? '' }))
}
export const writeApplication = (path: string, application: Application): Promise<void> => {
  const { clusterName, brokerName, brokerId, checkCode } = application
  return writeFileAtomic(temporary(path), `${clusterName}#${brokerName}#${brokerId}#${checkCode}`)
}

/** The id is given: what was asked for is history. */
export const dropApplication = (path: string): Promise<void> => removeSmallFile(temporary(path))

function parse(text: string, path: string): BrokerIdentityFile {
  const [clusterName = '', brokerName = '', id = ''] = text.trim().split('#')
  if (clusterName === '' || brokerName === '' || !/^\d+$/.test(id))
    throw new Error(`${path} holds no broker's identity`)
  return { clusterName, brokerName, brokerId: Number(id) }
}
