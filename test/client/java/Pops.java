// test/client/java/Pops.java: stock push consumers in pop mode: the broker gives out the queues, and the messages. Arguments: name server,
// topic, group, how many messages. Prints a line per message that was consumed, and READY, DONE.
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.impl.consumer.DefaultMQPushConsumerImpl;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageRequestMode;
import org.apache.rocketmq.remoting.protocol.route.BrokerData;
import org.apache.rocketmq.tools.admin.DefaultMQAdminExt;

public class Pops {
    static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    public static void main(String[] args) throws Exception {
        String namesrv = args[0];
        String topic = args[1];
        String group = args[2];
        int count = Integer.parseInt(args[3]);
        DefaultMQAdminExt admin = new DefaultMQAdminExt(60_000L); // the machine may be busy
        admin.setNamesrvAddr(namesrv);
        admin.setInstanceName("admin");
        admin.start();
        for (BrokerData broker : admin.examineTopicRouteInfo(topic).getBrokerDatas()) {
            admin.setMessageRequestMode(broker.getBrokerAddrs().get(0L), topic, group, MessageRequestMode.POP, 0, 60_000);
        }
        DefaultMQProducer producer = new DefaultMQProducer(group + "_producer");
        producer.setNamesrvAddr(namesrv);
        producer.setInstanceName("producer");
        producer.start();
        for (int n = 0; n < count; n++) {
            Message message = new Message(topic, n % 2 == 0 ? "even" : "odd", "k" + n, ("m" + n).getBytes(StandardCharsets.UTF_8));
            message.putUserProperty("n", String.valueOf(n));
            producer.send(message, 5000);
        }
        // every fifth fails the first time, and every tenth twice
        CountDownLatch done = new CountDownLatch(count);
        Set<String> finished = new HashSet<>();
        List<DefaultMQPushConsumer> consumers = new ArrayList<>();
        for (int member = 0; member < 2; member++) {
            DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(group);
            consumer.setNamesrvAddr(namesrv);
            consumer.setInstanceName("member" + member);
            consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
            consumer.setClientRebalance(false);
            consumer.subscribe(topic, "even || odd");
            consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> {
                for (MessageExt message : messages) {
                    int n = Integer.parseInt(message.getUserProperty("n"));
                    boolean fails = n % 5 == 0 && message.getReconsumeTimes() < (n % 10 == 0 ? 2 : 1);
                    say((fails ? "FAILS " : "DONE ") + line(message));
                    if (fails) {
                        return ConsumeConcurrentlyStatus.RECONSUME_LATER;
                    }
                    synchronized (finished) {
                        if (finished.add(message.getMsgId())) {
                            done.countDown();
                        } else {
                            say("TWICE " + line(message));
                        }
                    }
                }
                return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
            });
            // its first waits are 10 s and 30 s
            DefaultMQPushConsumerImpl impl = consumer.getDefaultMQPushConsumerImpl();
            Method levels = DefaultMQPushConsumerImpl.class.getDeclaredMethod("getPopDelayLevel");
            levels.setAccessible(true);
            int[] waits = (int[]) levels.invoke(impl);
            waits[0] = 1;
            waits[1] = 1;
            consumer.start();
            consumers.add(consumer);
        }
        say("READY");
        boolean all = done.await(60, TimeUnit.SECONDS);
        Thread.sleep(1000);
        say(all ? "ALL" : "LEFT " + done.getCount());
        say("PROGRESS " + admin.examineConsumeStats(group, topic).computeTotalDiff());
        for (DefaultMQPushConsumer consumer : consumers) {
            consumer.shutdown();
        }
        producer.shutdown();
        admin.shutdown();
        System.exit(0); // a pop that waits keeps the process alive
    }

    static String line(MessageExt message) {
        TreeMap<String, String> properties = new TreeMap<>(message.getProperties());
        return new String(message.getBody(), StandardCharsets.UTF_8) + " " + message.getTopic() + " " + message.getReconsumeTimes() + " "
            + message.getTags() + " " + message.getKeys() + " " + properties.keySet() + " "
            + (message.getProperty("POP_CK") == null ? "-" : message.getProperty("POP_CK").split(" ").length);
    }
}
