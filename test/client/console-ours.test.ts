// test/client/console-ours.test.ts: the console's answers about real clients on our cluster.
import { tellsOf } from './console-on'

tellsOf('our cluster')
