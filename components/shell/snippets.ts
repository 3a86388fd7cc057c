// components/shell/snippets.ts: the smallest program per language that sends and receives through this cluster, with its real
// address. Words are the client's own; nothing secret is ever in them.

export const snippetLanguages = ['java', 'go', 'node', 'python', 'mqadmin'] as const
export type SnippetLanguage = (typeof snippetLanguages)[number]
export const snippetNames: Record<SnippetLanguage, string> = {
  java: 'Java',
  go: 'Go',
  node: 'Node',
  python: 'Python',
  mqadmin: 'mqadmin',
}

export interface SnippetFor {
  readonly namesrv: string
  readonly topic?: string | undefined
  readonly group?: string | undefined
}
export interface Snippet {
  /** What is special about this cluster, in one line. */
  readonly line: string
  /** The heart of a sender, as it stands in a program. */
  readonly brief: string
  readonly send: string
  readonly receive: string
  /** What the program needs, as its package manager says it. */
  readonly needs: string
}

export function snippetOf(language: SnippetLanguage, at: SnippetFor): Snippet {
  const { namesrv } = at
  const topic = at.topic ?? 'hello'
  const group = at.group ?? 'hello_reader'
  switch (language) {
    case 'java':
      return {
        needs: 'org.apache.rocketmq:rocketmq-client:5.3.3',
        line: `producer.setNamesrvAddr("${namesrv}"); producer.start();`,
        brief: `DefaultMQProducer producer = new DefaultMQProducer("hello_writer");
producer.setNamesrvAddr("${namesrv}");
producer.start();
producer.send(new Message("${topic}", "first message".getBytes(UTF_8)));`,
        send: `import java.nio.charset.StandardCharsets;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.Message;

public class Send {
    public static void main(String[] args) throws Exception {
        DefaultMQProducer producer = new DefaultMQProducer("hello_writer");
        producer.setNamesrvAddr("${namesrv}");
        producer.start();
        byte[] body = "first message".getBytes(StandardCharsets.UTF_8);
        System.out.println(producer.send(new Message("${topic}", body)));
        producer.shutdown();
    }
}`,
        receive: `import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;

public class Receive {
    public static void main(String[] args) throws Exception {
        DefaultMQPushConsumer consumer = new DefaultMQPushConsumer("${group}");
        consumer.setNamesrvAddr("${namesrv}");
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        consumer.subscribe("${topic}", "*");
        consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> {
            messages.forEach(message -> System.out.println(new String(message.getBody())));
            return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
        });
        consumer.start();
    }
}`,
      }
    case 'go':
      return {
        needs: 'github.com/apache/rocketmq-client-go/v2',
        line: `rocketmq.NewProducer(producer.WithNameServer([]string{"${namesrv}"}))`,
        brief: `p, _ := rocketmq.NewProducer(producer.WithNameServer([]string{"${namesrv}"}))
p.Start()
message := primitive.NewMessage("${topic}", []byte("first message"))
p.SendSync(context.Background(), message)`,
        send: `package main

import (
	"context"
	"fmt"

	"github.com/apache/rocketmq-client-go/v2"
	"github.com/apache/rocketmq-client-go/v2/primitive"
	"github.com/apache/rocketmq-client-go/v2/producer"
)

func main() {
	p, err := rocketmq.NewProducer(producer.WithNameServer([]string{"${namesrv}"}), producer.WithGroupName("hello_writer"))
	if err != nil {
		panic(err)
	}
	if err := p.Start(); err != nil {
		panic(err)
	}
	defer p.Shutdown()
	fmt.Println(p.SendSync(context.Background(), primitive.NewMessage("${topic}", []byte("first message"))))
}`,
        receive: `package main

import (
	"context"
	"fmt"

	"github.com/apache/rocketmq-client-go/v2"
	"github.com/apache/rocketmq-client-go/v2/consumer"
	"github.com/apache/rocketmq-client-go/v2/primitive"
)

func main() {
	c, err := rocketmq.NewPushConsumer(consumer.WithNameServer([]string{"${namesrv}"}), consumer.WithGroupName("${group}"),
		consumer.WithConsumeFromWhere(consumer.ConsumeFromFirstOffset))
	if err != nil {
		panic(err)
	}
	err = c.Subscribe("${topic}", consumer.MessageSelector{}, func(_ context.Context, messages ...*primitive.MessageExt) (consumer.ConsumeResult, error) {
		for _, message := range messages {
			fmt.Println(string(message.Body))
		}
		return consumer.ConsumeSuccess, nil
	})
	if err != nil {
		panic(err)
	}
	if err := c.Start(); err != nil {
		panic(err)
	}
	select {}
}`,
      }
    case 'node':
      return {
        needs: 'npm i ali-ons',
        line: `new Producer({ nameSrv: '${namesrv}', producerGroup: 'hello_writer', ...none })`,
        brief: `const producer = new Producer({ nameSrv: '${namesrv}', producerGroup: 'hello_writer', ...none })
await producer.ready()
await producer.send(new Message('${topic}', 'TagA', 'first message'))
await producer.close()`,
        send: `import { Message, Producer } from 'ali-ons'

// Required by the library; this cluster asks for no key.
const none = { accessKeyId: 'none', accessKeySecret: 'none', httpclient: {} }
const producer = new Producer({ nameSrv: '${namesrv}', producerGroup: 'hello_writer', ...none })
await producer.ready()
console.log(await producer.send(new Message('${topic}', 'TagA', 'first message')))
await producer.close()`,
        receive: `import { Consumer } from 'ali-ons'

// Required by the library; this cluster asks for no key.
const none = { accessKeyId: 'none', accessKeySecret: 'none', httpclient: {} }
const consumer = new Consumer({ nameSrv: '${namesrv}', consumerGroup: '${group}', isBroadcast: false, ...none })
consumer.subscribe('${topic}', '*', async (message) => console.log(message.body.toString()))
await consumer.ready()`,
      }
    case 'python':
      return {
        needs: 'pip install rocketmq',
        line: `producer.set_namesrv_addr('${namesrv}'); producer.start()`,
        brief: `producer = Producer('hello_writer')
producer.set_namesrv_addr('${namesrv}')
producer.start()
message = Message('${topic}')
message.set_body('first message')
producer.send_sync(message)`,
        send: `from rocketmq.client import Message, Producer

producer = Producer('hello_writer')
producer.set_namesrv_addr('${namesrv}')
producer.start()
message = Message('${topic}')
message.set_body('first message')
print(producer.send_sync(message))
producer.shutdown()`,
        receive: `import time
from rocketmq.client import PushConsumer

consumer = PushConsumer('${group}')
consumer.set_namesrv_addr('${namesrv}')
consumer.subscribe('${topic}', lambda message: print(message.body.decode('utf-8')))
consumer.start()
time.sleep(3600)`,
      }
    case 'mqadmin':
      return {
        needs: 'bin/mqadmin of any RocketMQ release',
        line: `mqadmin sendMessage -n ${namesrv} -t ${topic} -p "first message"`,
        brief: `mqadmin updateTopic -n ${namesrv} -t ${topic} -c DefaultCluster
mqadmin sendMessage -n ${namesrv} -t ${topic} -p "first message"
mqadmin consumeMessage -n ${namesrv} -t ${topic}`,
        send: `mqadmin sendMessage -n ${namesrv} -t ${topic} -p "first message"`,
        receive: `mqadmin consumeMessage -n ${namesrv} -t ${topic}
mqadmin clusterList -n ${namesrv}
mqadmin topicStatus -n ${namesrv} -t ${topic}`,
      }
  }
}
