// server/notify/words.ts: the words of notices in the languages a channel can be set to. Names that people gave stay as they are;
// English is the measure, and the type of the table keeps the other complete.
import type { AlarmMetricName, AlarmSeverity, NoticeLanguage } from '../shared/alarms'
import type { Notice } from './notice'

interface Words {
  readonly event: Readonly<Record<Notice['event'], string>>
  readonly severity: Readonly<Record<AlarmSeverity, string>>
  readonly metric: Readonly<Record<AlarmMetricName, string>>
  readonly unit: {
    readonly d: string
    readonly h: string
    readonly min: string
    readonly s: string
    readonly ms: string
  }
  readonly yes: string
  readonly no: string
  readonly perSecond: string
  readonly isTest: string
  readonly unmeasured: (metric: string) => string
  readonly flag: (metric: string, value: string) => string
  readonly fact: (metric: string, value: string, comparator: 'over' | 'under', threshold: string) => string
  readonly since: (at: string) => string
  readonly over: (at: string, ending: Notice['ending']) => string
}
export const noticeWords: Readonly<Record<NoticeLanguage, Words>> = {
  en: {
    event: { firing: 'FIRING', again: 'STILL FIRING', resolved: 'RESOLVED', test: 'TEST' },
    severity: { critical: 'critical', warning: 'warning' },
    metric: {
      lag: 'unread messages',
      behind: 'behind',
      growth: 'lag grows by',
      pastKept: 'position no longer kept',
      retryGrowth: 'new retries in 10 min',
      deadGrowth: 'new dead letters in 10 min',
      queueBlocked: 'a queue stands still for',
      noClient: 'unread messages and no client',
      clients: 'clients',
      topicIn: 'messages in',
      topicOut: 'messages out',
      brokerSilent: 'broker does not answer',
      notWritable: 'broker takes no messages',
      masterChanged: 'another master in 10 min',
      disk: 'disk',
      slaveBehind: 'slave is behind by',
      putP99: 'send p99',
      pageCacheBusy: 'page cache busy for',
      timerLate: 'timed messages behind by',
      halfPending: 'open half messages',
      halfAge: 'oldest half message waits for',
      namesrvSilent: 'name server does not answer',
      samplerBlind: 'no broker answers the console',
    },
    unit: { d: 'd', h: 'h', min: 'min', s: 's', ms: 'ms' },
    yes: 'yes',
    no: 'no',
    perSecond: '/s',
    isTest: 'This is a test: nothing is wrong.',
    unmeasured: (metric) => `${metric}: could not be measured`,
    flag: (metric, value) => `${metric}: ${value}`,
    fact: (metric, value, comparator, threshold) => `${metric} ${value} (fires ${comparator} ${threshold})`,
    since: (at) => `since ${at}`,
    over: (at, ending) =>
      `over at ${at}${ending === 'gone' ? ': it is there no more' : ending === 'changed' ? ': its rule was changed' : ''}`,
  },
  zh: {
    event: { firing: '告警', again: '仍在告警', resolved: '已恢复', test: '测试' },
    severity: { critical: '严重', warning: '警告' },
    metric: {
      lag: '堆积量',
      behind: '消费延迟',
      growth: '堆积增速',
      pastKept: '消费位点已被清理',
      retryGrowth: '10 分钟内新增重试',
      deadGrowth: '10 分钟内新增死信',
      queueBlocked: '队列停滞',
      noClient: '有未读消息且无客户端',
      clients: '客户端数',
      topicIn: '生产速率',
      topicOut: '消费速率',
      brokerSilent: 'Broker 无响应',
      notWritable: 'Broker 不接收消息',
      masterChanged: '10 分钟内主节点切换',
      disk: '磁盘使用率',
      slaveBehind: '从节点落后',
      putP99: '发送 p99',
      pageCacheBusy: '页缓存繁忙',
      timerLate: '定时消息落后',
      halfPending: '未决半事务消息',
      halfAge: '最早的半事务消息已等待',
      namesrvSilent: 'NameServer 无响应',
      samplerBlind: '没有 Broker 响应控制台',
    },
    unit: { d: '天', h: '小时', min: '分钟', s: '秒', ms: '毫秒' },
    yes: '是',
    no: '否',
    perSecond: '/秒',
    isTest: '这是一条测试消息，一切正常。',
    unmeasured: (metric) => `${metric}：无法测量`,
    flag: (metric, value) => `${metric}：${value}`,
    fact: (metric, value, comparator, threshold) =>
      `${metric} ${value}（${comparator === 'over' ? '高于' : '低于'} ${threshold} 时告警）`,
    since: (at) => `自 ${at} 起`,
    over: (at, ending) =>
      `于 ${at} 结束${ending === 'gone' ? '：对象已不存在' : ending === 'changed' ? '：规则已被修改' : ''}`,
  },
}
