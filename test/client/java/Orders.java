// Ordered consumers that come and go while messages are sent, the broker goes away and comes back and the topic gets more
// queues; then a storm of consumers; then a listener that is stuck. One line of JSON for each: {"what": NAME, ...}. Nothing is
// judged here; RESTART asks whoever reads along to restart the broker, and "again" on the input says that it is back.
//   Orders NAMESRV SEED REBALANCES CONSUMERS
import com.alibaba.fastjson2.JSON;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.ConsumeOrderlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.consumer.listener.MessageListenerOrderly;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.selector.SelectMessageQueueByHash;
import org.apache.rocketmq.common.TopicConfig;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.tools.admin.DefaultMQAdminExt;

public class Orders {
    private static final int KEYS = 40;
    private static String namesrv;
    private static DefaultMQAdminExt admin;
    private static final AtomicInteger instances = new AtomicInteger();

    public static void main(String[] args) throws Exception {
        namesrv = args[0];
        Random random = new Random(Long.parseLong(args[1]));
        admin = new DefaultMQAdminExt("orders-admin");
        admin.setNamesrvAddr(namesrv);
        admin.setInstanceName("admin");
        admin.start();
        ordered(random, Integer.parseInt(args[2]));
        storm(random, Integer.parseInt(args[3]));
        stuck();
        System.exit(0);
    }

    private static void say(String what, Object... facts) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("what", what);
        for (int at = 0; at < facts.length; at += 2) line.put((String) facts[at], facts[at + 1]);
        System.out.println(JSON.toJSONString(line));
        System.out.flush();
    }

    private static void await(BooleanSupplier done, int seconds) throws Exception {
        long until = System.currentTimeMillis() + seconds * 1000L;
        while (!done.getAsBoolean() && System.currentTimeMillis() < until) Thread.sleep(50);
    }

    private static void topic(String name, int queues, boolean order) throws Exception {
        TopicConfig config = new TopicConfig(name);
        config.setReadQueueNums(queues);
        config.setWriteQueueNums(queues);
        config.setPerm(6);
        config.setOrder(order);
        for (var broker : admin.examineBrokerClusterInfo().getBrokerAddrTable().values())
            admin.createAndUpdateTopicConfig(broker.selectBrokerAddr(), config);
    }

    private static DefaultMQProducer producer(String group) throws Exception {
        DefaultMQProducer producer = new DefaultMQProducer(group);
        producer.setNamesrvAddr(namesrv);
        producer.setInstanceName("producers");
        producer.setSendMsgTimeout(5000);
        producer.start();
        return producer;
    }

    private static DefaultMQPushConsumer consumer(String group, String topic) throws Exception {
        DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(group);
        consumer.setNamesrvAddr(namesrv);
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        consumer.setInstanceName("machine-" + instances.incrementAndGet());
        consumer.setConsumeThreadMin(2);
        consumer.setConsumeThreadMax(2);
        consumer.subscribe(topic, "*");
        return consumer;
    }

    /** Each key counts up; who shuts down finishes what it is at. */
    private static void ordered(Random random, int rebalances) throws Exception {
        String topic = "OrdersTopic";
        admin.createAndUpdateKvConfig("ORDER_TOPIC_CONFIG", topic, "broker-a:8");
        topic(topic, 8, true);
        Map<String, Integer> last = new ConcurrentHashMap<>();
        AtomicInteger skipped = new AtomicInteger();
        AtomicInteger repeated = new AtomicInteger();
        AtomicInteger received = new AtomicInteger();
        List<String> odd = Collections.synchronizedList(new ArrayList<>());
        MessageListenerOrderly listener = (messages, context) -> {
            for (MessageExt message : messages) {
                String[] parts = new String(message.getBody(), StandardCharsets.UTF_8).split(" ");
                int number = Integer.parseInt(parts[1]);
                received.incrementAndGet();
                synchronized (last) {
                    int before = last.getOrDefault(parts[0], -1);
                    if (number > before + 1) {
                        skipped.incrementAndGet();
                        odd.add(parts[0] + ": " + number + " after " + before);
                    }
                    if (number <= before) repeated.incrementAndGet();
                    else last.put(parts[0], number);
                }
            }
            return ConsumeOrderlyStatus.SUCCESS;
        };
        AtomicBoolean sending = new AtomicBoolean(true);
        int[] sent = new int[KEYS];
        DefaultMQProducer producer = producer("orders-producer");
        Thread sender = new Thread(() -> {
            Random keys = new Random(7);
            while (sending.get()) {
                int key = keys.nextInt(KEYS);
                Message message = new Message(topic, ("key" + key + " " + sent[key]).getBytes(StandardCharsets.UTF_8));
                try {
                    // sent until it is taken: what was stored without an answer comes twice, and never late
                    producer.send(message, new SelectMessageQueueByHash(), "key" + key);
                    sent[key]++;
                    Thread.sleep(1);
                } catch (Exception error) {
                    // again, with the same number
                }
            }
        });
        sender.start();
        List<DefaultMQPushConsumer> consumers = new ArrayList<>();
        for (int change = 0; change < rebalances; change++) {
            boolean joins = consumers.isEmpty() || consumers.size() < 5 && random.nextBoolean();
            if (joins) {
                DefaultMQPushConsumer one = consumer("orders", topic);
                one.registerMessageListener(listener);
                one.start();
                consumers.add(one);
            } else {
                DefaultMQPushConsumer one = consumers.remove(random.nextInt(consumers.size()));
                one.setAwaitTerminationMillisWhenShutdown(5000);
                one.shutdown();
            }
            Thread.sleep(500 + random.nextInt(1500));
            if (change == rebalances / 3) topic(topic, 12, true); // clients go on with the eight that are ordered
            if (change == rebalances / 2) {
                System.out.println("RESTART");
                System.out.flush();
                new BufferedReader(new InputStreamReader(System.in)).readLine();
            }
        }
        if (consumers.isEmpty()) {
            DefaultMQPushConsumer one = consumer("orders", topic);
            one.registerMessageListener(listener);
            one.start();
            consumers.add(one);
        }
        sending.set(false);
        sender.join();
        BooleanSupplier all = () -> {
            for (int key = 0; key < KEYS; key++)
                if (last.getOrDefault("key" + key, -1) != sent[key] - 1) return false;
            return true;
        };
        await(all, 120);
        int total = 0;
        for (int count : sent) total += count;
        say("ordered", "sent", total, "received", received.get(), "complete", all.getAsBoolean(), "skipped", skipped.get(),
            "repeated", repeated.get(), "odd", odd.subList(0, Math.min(5, odd.size())));
        for (DefaultMQPushConsumer one : consumers) one.shutdown();
    }

    /** Many join and leave; then every queue has one owner, within the clients' own period. */
    private static void storm(Random random, int count) throws Exception {
        String topic = "OrdersStorm";
        topic(topic, 64, false);
        List<DefaultMQPushConsumer> consumers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            DefaultMQPushConsumer one = consumer("orders-storm", topic);
            one.registerMessageListener((MessageListenerConcurrently) (messages, context) -> ConsumeConcurrentlyStatus.CONSUME_SUCCESS);
            one.start();
            consumers.add(one);
            if (i % 3 == 2) consumers.remove(random.nextInt(consumers.size())).shutdown();
        }
        long began = System.currentTimeMillis();
        BooleanSupplier owned = () -> owners(consumers, topic).size() == 64 && owners(consumers, topic).values().stream().allMatch(n -> n == 1);
        await(owned, 60);
        say("storm", "joined", count, "left", count - consumers.size(), "owned", owned.getAsBoolean(),
            "ms", System.currentTimeMillis() - began);
        for (DefaultMQPushConsumer one : consumers) one.shutdown();
    }

    private static Map<Integer, Integer> owners(List<DefaultMQPushConsumer> consumers, String topic) {
        Map<Integer, Integer> owners = new TreeMap<>();
        for (DefaultMQPushConsumer one : consumers)
            for (MessageQueue queue : one.getDefaultMQPushConsumerImpl().getRebalanceImpl().getProcessQueueTable().keySet())
                if (queue.getTopic().equals(topic)) owners.merge(queue.getQueueId(), 1, Integer::sum);
        return owners;
    }

    /** A listener that never returns: after a minute its message is sent back and comes again. */
    private static void stuck() throws Exception {
        String topic = "OrdersStuck";
        topic(topic, 1, false);
        producer("orders-stuck-producer").send(new Message(topic, "stuck".getBytes(StandardCharsets.UTF_8)));
        List<Integer> times = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch release = new CountDownLatch(1);
        DefaultMQPushConsumer consumer = consumer("orders-stuck", topic);
        consumer.setConsumeTimeout(1);
        consumer.setPollNameServerInterval(1000);
        consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> {
            times.add(messages.get(0).getReconsumeTimes());
            try {
                if (times.size() == 1) release.await();
            } catch (InterruptedException ignored) {
                return ConsumeConcurrentlyStatus.RECONSUME_LATER;
            }
            return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
        });
        consumer.start();
        await(() -> times.size() >= 2, 200);
        say("stuck", "times", new ArrayList<>(times));
        release.countDown();
        consumer.shutdown();
    }
}
