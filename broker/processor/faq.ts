// broker/processor/faq.ts: the pointer with which Apache ends some of its texts; scripts look for it.
export const faq = (text: string): string =>
  `${text}\nSee https://rocketmq.apache.org/docs/bestPractice/06FAQ for further details.`
