# test/client/python/roundtrip.py: a stock Python program (package `rocketmq` 0.4.4, which carries the C++ client) that
# sends and consumes. It prints one line of JSON and must never know which broker it talks to.
# usage: roundtrip.py NAMESRV TOPIC GROUP COUNT
import json
import sys
import threading
import time

from rocketmq.client import Message, Producer, PushConsumer

namesrv, topic, group, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])

producer = Producer('P_' + group)
producer.set_namesrv_addr(namesrv)
producer.start()
sent = []
for i in range(count):
    message = Message(topic)
    message.set_keys('key-%d' % i)
    message.set_tags('TagA')
    message.set_property('n', str(i))
    message.set_body('body %d 世界 😀' % i)
    result = producer.send_sync(message)
    if result.status == 0:
        sent.append(i)
producer.shutdown()

seen = set()
wrong = []
done = threading.Event()


def on_message(message):
    body = message.body.decode('utf-8')
    number = int(body.split(' ')[1])
    if body != 'body %d 世界 😀' % number or message.tags.decode('utf-8') != 'TagA':
        wrong.append(number)
    seen.add(number)
    if len(seen) == count:
        done.set()


consumer = PushConsumer(group)
consumer.set_namesrv_addr(namesrv)
consumer.subscribe(topic, on_message, 'TagA')
consumer.start()
done.wait(60)
time.sleep(0.2)
consumer.shutdown()
print(json.dumps({'sent': len(sent), 'received': len(seen), 'wrong': len(wrong)}))
