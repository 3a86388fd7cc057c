// test/client/console-apache.test.ts: the console's answers about real clients on Apache's cluster.
import { tellsOf } from './console-on'

tellsOf('an Apache cluster')
