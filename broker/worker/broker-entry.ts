// broker/worker/broker-entry.ts: the program of a broker's thread.
import { startBrokerPart } from './broker-life'
import { runPart } from './part-thread'

runPart(startBrokerPart)
