// test/client/java/Transactions.java: stock transaction producers and a consumer of one topic, told over standard input what to do.
// Arguments: name server, topic, group. Each line of input is a command; what happens is printed line by line:
//   start NAME              a producer of the group           -> STARTED NAME
//   stop NAME               it leaves                         -> STOPPED NAME
//   answer STATE            how checks are answered from now on
//   send NAME STATE TEXT [KEY=VALUE...]                       -> SENT TEXT msgId transactionId status
// by itself: CHECKED NAME TEXT times, RECEIVED TEXT keys tags properties
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.producer.LocalTransactionState;
import org.apache.rocketmq.client.producer.TransactionListener;
import org.apache.rocketmq.client.producer.TransactionMQProducer;
import org.apache.rocketmq.client.producer.TransactionSendResult;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;

public class Transactions {
    static volatile LocalTransactionState answer = LocalTransactionState.UNKNOW;

    static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    static String text(Message message) {
        return new String(message.getBody(), StandardCharsets.UTF_8);
    }

    static TransactionMQProducer producer(String namesrv, String topic, String group, String name) throws Exception {
        // with its topic it is known to the broker before it sends anything
        TransactionMQProducer producer = new TransactionMQProducer(group, Collections.singletonList(topic));
        producer.setNamesrvAddr(namesrv);
        producer.setInstanceName(name);
        producer.setHeartbeatBrokerInterval(1000);
        producer.setPollNameServerInterval(1000);
        producer.setTransactionListener(new TransactionListener() {
            @Override
            public LocalTransactionState executeLocalTransaction(Message message, Object state) {
                return (LocalTransactionState) state;
            }

            @Override
            public LocalTransactionState checkLocalTransaction(MessageExt message) {
                say("CHECKED " + name + " " + text(message) + " " + message.getProperty("TRANSACTION_CHECK_TIMES")
                    + " " + message.getTopic());
                return answer;
            }
        });
        producer.start();
        return producer;
    }

    public static void main(String[] args) throws Exception {
        String namesrv = args[0];
        String topic = args[1];
        String group = args[2];
        DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(group + "_consumer");
        consumer.setNamesrvAddr(namesrv);
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        consumer.setPollNameServerInterval(1000);
        consumer.subscribe(topic, "*");
        consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> {
            for (MessageExt message : messages) {
                Map<String, String> properties = new TreeMap<>(message.getProperties());
                say("RECEIVED " + text(message) + " " + message.getTransactionId() + " " + message.getSysFlag() + " "
                    + message.getPreparedTransactionOffset() + " " + properties);
            }
            return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
        });
        consumer.start();
        Map<String, TransactionMQProducer> producers = new ConcurrentHashMap<>();
        say("READY");
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "start":
                    producers.put(words[1], producer(namesrv, topic, group, words[1]));
                    say("STARTED " + words[1]);
                    break;
                case "stop":
                    producers.remove(words[1]).shutdown();
                    say("STOPPED " + words[1]);
                    break;
                case "answer":
                    answer = LocalTransactionState.valueOf(words[1]);
                    break;
                case "send": {
                    Message message = new Message(topic, "T", "k-" + words[3], words[3].getBytes(StandardCharsets.UTF_8));
                    for (int at = 4; at < words.length; at++) {
                        String[] pair = words[at].split("=");
                        message.putUserProperty(pair[0], pair[1]);
                    }
                    TransactionSendResult result = producers.get(words[1])
                        .sendMessageInTransaction(message, LocalTransactionState.valueOf(words[2]));
                    say("SENT " + words[3] + " " + result.getMsgId() + " " + result.getTransactionId() + " "
                        + result.getSendStatus() + " " + result.getOffsetMsgId());
                    break;
                }
                default:
                    say("UNKNOWN " + line);
            }
        }
        System.exit(0);
    }
}
