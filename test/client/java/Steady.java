// A stock producer that sends without a pause and a stock consumer of the same topic, told over standard input what to do.
// Arguments: name servers, topic, group. What happens is printed line by line:
//   load / rest          starts and stops sending            -> LOADING / RESTING
//   status               -> STATUS {"sent":, "failed":, "received":, "missing":, "brokers":{NAME: sent}, "gapMs":}
//                           gapMs: the longest time without a successful send since the status before
//   once TEXT            one message, with the client's own retries -> SENT TEXT uniqueId, or FAILED TEXT reason
// by itself: RECEIVED TEXT uniqueId queueId queueOffset, for messages sent with once
import com.alibaba.fastjson2.JSON;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;

public class Steady {
    static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    public static void main(String[] args) throws Exception {
        Set<String> sent = ConcurrentHashMap.newKeySet();
        Set<String> received = ConcurrentHashMap.newKeySet();
        Map<String, AtomicInteger> brokers = new ConcurrentHashMap<>();
        AtomicInteger failed = new AtomicInteger();
        boolean[] loading = {false};
        AtomicLong lastSentNs = new AtomicLong();
        AtomicLong gapNs = new AtomicLong();

        DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(args[2]);
        consumer.setNamesrvAddr(args[0]);
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        consumer.setPollNameServerInterval(1000);
        consumer.setHeartbeatBrokerInterval(1000);
        consumer.subscribe(args[1], "*");
        consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> {
            for (MessageExt message : messages) {
                received.add(message.getMsgId());
                if (message.getKeys() != null && message.getKeys().equals("once"))
                    say("RECEIVED " + new String(message.getBody(), StandardCharsets.UTF_8) + " " + message.getMsgId() + " "
                        + message.getQueueId() + " " + message.getQueueOffset());
            }
            return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
        });
        DefaultMQProducer producer = new DefaultMQProducer(args[2] + "-producer");
        producer.setNamesrvAddr(args[0]);
        producer.setPollNameServerInterval(1000);
        // A request that was under way to a broker that dies is not told: without a limit of its own it takes up all the time
        // that its retries would need.
        producer.setSendMsgMaxTimeoutPerRequest(1000);
        producer.start();
        consumer.start();
        for (int t = 0; t < 4; t++) {
            Thread thread = new Thread(() -> {
                for (; ; ) {
                    try {
                        Thread.sleep(5);
                        if (!loading[0]) continue;
                        SendResult result = producer.send(new Message(args[1], new byte[128]));
                        sent.add(result.getMsgId());
                        long nowNs = System.nanoTime();
                        long beforeNs = lastSentNs.getAndSet(nowNs);
                        if (beforeNs != 0) gapNs.accumulateAndGet(nowNs - beforeNs, Math::max);
                        brokers.computeIfAbsent(result.getMessageQueue().getBrokerName(), name -> new AtomicInteger()).incrementAndGet();
                    } catch (Exception error) {
                        if (failed.incrementAndGet() <= 5) say("ERROR " + error.toString().replace('\n', ' '));
                    }
                }
            });
            thread.setDaemon(true);
            thread.start();
        }
        say("READY");
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "load":
                    lastSentNs.set(0);
                    loading[0] = true;
                    say("LOADING");
                    break;
                case "rest":
                    loading[0] = false;
                    say("RESTING");
                    break;
                case "once":
                    try {
                        Message message = new Message(args[1], "", "once", words[1].getBytes(StandardCharsets.UTF_8));
                        say("SENT " + words[1] + " " + producer.send(message).getMsgId());
                    } catch (Exception error) {
                        say("FAILED " + words[1] + " " + error.toString().replace('\n', ' '));
                    }
                    break;
                default:
                    Map<String, Object> status = new LinkedHashMap<>();
                    status.put("sent", sent.size());
                    status.put("failed", failed.get());
                    status.put("received", received.size());
                    status.put("missing", sent.stream().filter(id -> !received.contains(id)).count());
                    Map<String, Integer> each = new TreeMap<>();
                    brokers.forEach((name, count) -> each.put(name, count.get()));
                    status.put("brokers", each);
                    status.put("gapMs", gapNs.getAndSet(0) / 1_000_000);
                    say("STATUS " + JSON.toJSONString(status));
            }
        }
        System.exit(0);
    }
}
