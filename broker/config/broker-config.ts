// broker/config/broker-config.ts: the settings of a broker and of a name server: which tables each has, which rules hold
// over several keys. What a key means is its row's business.
import { brokerProperties } from './broker-properties'
import { controllerProperties, namesrvProperties } from './namesrv-properties'
import { addressProperties, authProperties, clientProperties, serverProperties, tlsProperties } from './net-properties'
import { type Config, type OpenConfig, openConfig } from './open'
import type { PropertyTable, Values } from './property'
import { storeProperties } from './store-properties'

/** Of access control only whether it is on is told: what a console shows of a broker must be true. */
const { authenticationEnabled, authorizationEnabled } = authProperties
const brokerTable = {
  ...serverProperties,
  ...clientProperties,
  ...storeProperties,
  ...brokerProperties,
  authenticationEnabled,
  authorizationEnabled,
}
const namesrvTable = { ...serverProperties, ...namesrvProperties }

/** What access control asks of the properties of any part. */
const accessTable = {
  ...authProperties,
  aclEnable: brokerProperties.aclEnable,
  brokerClusterName: brokerProperties.brokerClusterName,
}

export type AddressValues = Values<typeof addressProperties>
export type TlsValues = Values<typeof tlsProperties>
export type AccessValues = Values<typeof accessTable>
export type BrokerConfig = Config<typeof brokerTable>
export type BrokerValues = Values<typeof brokerTable>
export type NamesrvConfig = Config<typeof namesrvTable>
export type NamesrvValues = Values<typeof namesrvTable>

type Options = Omit<OpenConfig, 'rules' | 'elsewhere'>

/** Throws a ConfigError for an impossible value. */
export const openBrokerConfig = (options: Options): BrokerConfig =>
  openConfig(brokerTable, { ...options, elsewhere: isPropertyName, rules: brokerRules })

export const openNamesrvConfig = (options: Options): NamesrvConfig =>
  openConfig(namesrvTable, { ...options, elsewhere: isPropertyName })

/** Read at a start; nothing of it changes while the part runs, and nobody is shown it. */
export const accessValues = (options: Options): AccessValues =>
  openConfig(accessTable, { ...options, elsewhere: isPropertyName }).values

export const addressValues = (options: Options): AddressValues =>
  openConfig(addressProperties, { ...options, elsewhere: isPropertyName }).values

export const tlsValues = (options: Options): TlsValues =>
  openConfig(tlsProperties, { ...options, elsewhere: isPropertyName, rules: tlsRules }).values

const controllerTable = { ...controllerProperties, configBlackList: namesrvProperties.configBlackList }
export type ControllerConfig = Config<typeof controllerTable>
/** Of the controller that a name server holds (enableControllerInNamesrv). */
export const openControllerConfig = (options: Options): ControllerConfig =>
  openConfig(controllerTable, { ...options, elsewhere: isPropertyName })

const everyTable: readonly PropertyTable[] = [
  brokerTable,
  namesrvTable,
  controllerProperties,
  authProperties,
  tlsProperties,
  addressProperties,
]
/** Whether any part of Apache RocketMQ 5.5.0 has a property of this name. */
export const isPropertyName = (key: string): boolean => everyTable.some((table) => Object.hasOwn(table, key))
/** Whether the key says who or where a part is: under a preset the preset decides it. */
export const isIdentity = (key: string): boolean =>
  everyTable.some((table) => Object.hasOwn(table, key) && table[key]?.change === 'identity')

const tlsRules: readonly ((values: Readonly<Record<string, unknown>>) => string | undefined)[] = [
  (values) =>
    (values['tls.server.certPath'] === null) !== (values['tls.server.keyPath'] === null)
      ? 'tls.server.certPath and tls.server.keyPath: one needs the other'
      : undefined,
  (values) =>
    values['tls.server.mode'] === 'enforcing' && values['tls.server.certPath'] === null
      ? 'tls.server.mode=enforcing: needs tls.server.certPath and tls.server.keyPath'
      : undefined,
  (values) =>
    (values['tls.client.certPath'] === null) !== (values['tls.client.keyPath'] === null)
      ? 'tls.client.certPath and tls.client.keyPath: one needs the other'
      : undefined,
]

type Rule = NonNullable<OpenConfig['rules']>[number]
const brokerRules: readonly Rule[] = [
  ({ brokerRole, brokerId }) =>
    brokerRole === 'SLAVE' && Number(brokerId) <= 0
      ? `brokerId=${brokerId}: a slave needs an id of 1 or more; 0 is the master`
      : undefined,
  ({ brokerRole, brokerId }) =>
    brokerRole !== 'SLAVE' && Number(brokerId) !== 0
      ? `brokerId=${brokerId}: a master (brokerRole=${brokerRole}) has the id 0`
      : undefined,
  ({ mappedFileSizeCommitLog, maxMessageSize }) =>
    Number(maxMessageSize) >= Number(mappedFileSizeCommitLog)
      ? `maxMessageSize=${maxMessageSize}: a message must fit into a commit log file of ${mappedFileSizeCommitLog} bytes`
      : undefined,
  ({ mappedFileSizeConsumeQueue }) =>
    Number(mappedFileSizeConsumeQueue) % 20 !== 0
      ? `mappedFileSizeConsumeQueue=${mappedFileSizeConsumeQueue}: must be a multiple of 20, the size of a unit`
      : undefined,
]
