// test/client/java/Timers.java: a stock producer and consumer of timed messages, told over standard input what to do.
// Arguments: name server, topic, group. Each line of input is a command; what happens is printed line by line:
//   send TEXT KEY=VALUE...  with these properties   -> SENT TEXT handle status, or FAILED TEXT code remark
//   recall TEXT             by the handle it got    -> RECALLED TEXT msgId, or FAILED TEXT code remark
// by itself: RECEIVED TEXT storeTime properties
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageAccessor;
import org.apache.rocketmq.common.message.MessageExt;

public class Timers {
    static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    public static void main(String[] args) throws Exception {
        DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(args[2]);
        consumer.setNamesrvAddr(args[0]);
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        consumer.setPollNameServerInterval(1000);
        consumer.setHeartbeatBrokerInterval(1000);
        consumer.subscribe(args[1], "*");
        consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> {
            for (MessageExt message : messages) {
                say("RECEIVED " + new String(message.getBody(), StandardCharsets.UTF_8) + " " + message.getStoreTimestamp()
                    + " " + new TreeMap<>(message.getProperties()));
            }
            return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
        });
        consumer.start();
        DefaultMQProducer producer = new DefaultMQProducer(args[2] + "-producer");
        producer.setNamesrvAddr(args[0]);
        producer.setPollNameServerInterval(1000);
        producer.setRetryTimesWhenSendFailed(5);
        producer.start();
        say("READY");
        Map<String, String> handles = new HashMap<>();
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String[] words = line.split(" ");
            try {
                if (words[0].equals("recall")) {
                    say("RECALLED " + words[1] + " " + producer.recallMessage(args[1], handles.get(words[1])));
                    continue;
                }
                Message message = new Message(args[1], words[1].getBytes(StandardCharsets.UTF_8));
                for (int at = 2; at < words.length; at++) {
                    String[] pair = words[at].split("=", 2);
                    MessageAccessor.putProperty(message, pair[0], pair[1]);
                }
                SendResult result = producer.send(message);
                handles.put(words[1], result.getRecallHandle());
                say("SENT " + words[1] + " " + result.getRecallHandle() + " " + result.getSendStatus());
            } catch (MQBrokerException e) {
                say("FAILED " + words[1] + " " + e.getResponseCode() + " " + e.getErrorMessage());
            } catch (Exception e) {
                say("FAILED " + words[1] + " - " + e);
            }
        }
        producer.shutdown();
        consumer.shutdown();
    }
}
