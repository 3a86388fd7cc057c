// components/i18n/messages.ts: the words of the console in every language it speaks, joined from one file per room.
// English is the measure: its keys are the type, and a test fails when another language misses one.
import enAccess from './en/access.json'
import enAcl from './en/acl.json'
import enAlarm from './en/alarm.json'
import enAudit from './en/audit.json'
import enBroker from './en/broker.json'
import enChange from './en/change.json'
import enChart from './en/chart.json'
import enClient from './en/client.json'
import enClusters from './en/clusters.json'
import enDataTable from './en/dataTable.json'
import enDead from './en/dead.json'
import enDoctor from './en/doctor.json'
import enFormat from './en/format.json'
import enGroup from './en/group.json'
import enJob from './en/job.json'
import enMessage from './en/message.json'
import enMetrics from './en/metrics.json'
import enOverview from './en/overview.json'
import enPeople from './en/people.json'
import enSettings from './en/settings.json'
import enShell from './en/shell.json'
import enTopic from './en/topic.json'
import enTrace from './en/trace.json'
import enUi from './en/ui.json'
import enWaiting from './en/waiting.json'
import type { Language } from './language'
import zhAccess from './zh/access.json'
import zhAcl from './zh/acl.json'
import zhAlarm from './zh/alarm.json'
import zhAudit from './zh/audit.json'
import zhBroker from './zh/broker.json'
import zhChange from './zh/change.json'
import zhChart from './zh/chart.json'
import zhClient from './zh/client.json'
import zhClusters from './zh/clusters.json'
import zhDataTable from './zh/dataTable.json'
import zhDead from './zh/dead.json'
import zhDoctor from './zh/doctor.json'
import zhFormat from './zh/format.json'
import zhGroup from './zh/group.json'
import zhJob from './zh/job.json'
import zhMessage from './zh/message.json'
import zhMetrics from './zh/metrics.json'
import zhOverview from './zh/overview.json'
import zhPeople from './zh/people.json'
import zhSettings from './zh/settings.json'
import zhShell from './zh/shell.json'
import zhTopic from './zh/topic.json'
import zhTrace from './zh/trace.json'
import zhUi from './zh/ui.json'
import zhWaiting from './zh/waiting.json'

const en = {
  access: enAccess,
  acl: enAcl,
  alarm: enAlarm,
  audit: enAudit,
  broker: enBroker,
  change: enChange,
  chart: enChart,
  client: enClient,
  clusters: enClusters,
  dataTable: enDataTable,
  dead: enDead,
  doctor: enDoctor,
  format: enFormat,
  group: enGroup,
  job: enJob,
  message: enMessage,
  metrics: enMetrics,
  overview: enOverview,
  people: enPeople,
  settings: enSettings,
  shell: enShell,
  topic: enTopic,
  trace: enTrace,
  ui: enUi,
  waiting: enWaiting,
}

export type Messages = typeof en

const zh = {
  access: zhAccess,
  acl: zhAcl,
  alarm: zhAlarm,
  audit: zhAudit,
  broker: zhBroker,
  change: zhChange,
  chart: zhChart,
  client: zhClient,
  clusters: zhClusters,
  dataTable: zhDataTable,
  dead: zhDead,
  doctor: zhDoctor,
  format: zhFormat,
  group: zhGroup,
  job: zhJob,
  message: zhMessage,
  metrics: zhMetrics,
  overview: zhOverview,
  people: zhPeople,
  settings: zhSettings,
  shell: zhShell,
  topic: zhTopic,
  trace: zhTrace,
  ui: zhUi,
  waiting: zhWaiting,
} satisfies { [Room in keyof Messages]: object }

/** A missing key is a failing test, not a type error, so that a room can be written one language at a time. */
export const messagesOf = (language: Language): Messages => (language === 'zh' ? (zh as unknown as Messages) : en)
