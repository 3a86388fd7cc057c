// What the stock Java client sees of a broker, one line of JSON for each thing looked at: {"row": NAME, "facts": {...}}, or
// {"row": NAME, "error": TEXT}. Nothing is judged here.
//   Rows NAMESRV BROKER [ROW,ROW...]
// The broker is started with eighteen delay levels of 1 s, so that retries do not take hours.
import com.alibaba.fastjson2.JSON;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.rocketmq.client.consumer.DefaultLitePullConsumer;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.MQPullConsumerScheduleService;
import org.apache.rocketmq.client.consumer.PullResult;
import org.apache.rocketmq.client.consumer.PullStatus;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.ConsumeOrderlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.consumer.listener.MessageListenerOrderly;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.selector.SelectMessageQueueByHash;
import org.apache.rocketmq.common.MixAll;
import org.apache.rocketmq.common.TopicConfig;
import org.apache.rocketmq.common.compression.CompressionType;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.common.sysflag.MessageSysFlag;
import org.apache.rocketmq.remoting.protocol.admin.TopicOffset;
import org.apache.rocketmq.remoting.protocol.body.Connection;
import org.apache.rocketmq.remoting.protocol.body.ConsumerRunningInfo;
import org.apache.rocketmq.remoting.protocol.heartbeat.MessageModel;
import org.apache.rocketmq.tools.admin.DefaultMQAdminExt;

public class Rows {
    interface Row {
        void look(Map<String, Object> facts) throws Exception;
    }

    private static String namesrv;
    private static String broker;
    private static DefaultMQAdminExt admin;
    private static final AtomicInteger instances = new AtomicInteger();

    public static void main(String[] args) throws Exception {
        namesrv = args[0];
        broker = args[1];
        admin = new DefaultMQAdminExt("rows-admin");
        admin.setNamesrvAddr(namesrv);
        admin.setInstanceName("admin");
        admin.start();

        Map<String, Row> together = new LinkedHashMap<>();
        together.put("retry", Rows::retry);
        together.put("retry-elsewhere", Rows::retryElsewhere);
        together.put("rolling", Rows::rolling);
        together.put("ordered-failure", Rows::orderedFailure);
        together.put("broadcast", Rows::broadcast);
        together.put("ways", Rows::ways);
        together.put("content", Rows::content);
        together.put("sizes", Rows::sizes);
        together.put("batch", Rows::batch);
        together.put("selector", Rows::selector);
        together.put("compression", Rows::compression);
        together.put("producers", Rows::producers);
        together.put("asked", Rows::asked);
        together.put("one-instance", Rows::oneInstance);
        together.put("of-a-kind", Rows::ofAKind);
        together.put("flow-control", Rows::flowControl);
        together.put("pull-consumers", Rows::pullConsumers);
        together.put("shared", Rows::shared);
        together.put("several-groups", Rows::severalGroups);
        together.put("many-at-once", Rows::manyAtOnce);
        together.put("no-such-topic", Rows::noSuchTopic);
        together.put("lowest", Rows::lowest);
        together.put("last-wins", Rows::lastWins);
        together.put("tags", Rows::tags);
        together.put("same-hash", Rows::sameHash);
        together.put("keys", Rows::keys);
        together.put("route", Rows::route);
        Map<String, Row> alone = new LinkedHashMap<>();
        alone.put("flood", Rows::flood);
        alone.put("one-order", Rows::oneOrder);
        alone.put("moves", Rows::moves);
        alone.put("auto-create", Rows::autoCreate);

        if (args.length > 2) {
            together.keySet().retainAll(Arrays.asList(args[2].split(",")));
            alone.keySet().retainAll(Arrays.asList(args[2].split(",")));
        }
        ExecutorService threads = Executors.newFixedThreadPool(8);
        together.forEach((name, row) -> threads.execute(() -> print(name, row)));
        threads.shutdown();
        threads.awaitTermination(120, TimeUnit.SECONDS);
        alone.forEach(Rows::print);
        System.exit(0);
    }

    private static void print(String name, Row row) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("row", name);
        Map<String, Object> facts = new LinkedHashMap<>();
        long began = System.currentTimeMillis();
        try {
            row.look(facts);
            line.put("facts", facts);
        } catch (Throwable error) {
            line.put("error", error + " " + Arrays.toString(error.getStackTrace()) + " " + facts);
        }
        line.put("ms", System.currentTimeMillis() - began);
        synchronized (System.out) {
            System.out.println(JSON.toJSONString(line));
            System.out.flush();
        }
    }

    // ---- what rows are made of

    private static void topic(String name, int queues) throws Exception {
        TopicConfig config = new TopicConfig(name);
        config.setReadQueueNums(queues);
        config.setWriteQueueNums(queues);
        config.setPerm(6);
        admin.createAndUpdateTopicConfig(broker, config);
    }

    /** Groups share the client instance of this process, as an application's do. */
    private static DefaultMQProducer producer(String group) throws Exception {
        DefaultMQProducer producer = new DefaultMQProducer(group);
        producer.setNamesrvAddr(namesrv);
        producer.setInstanceName("shared");
        producer.setSendMsgTimeout(10_000);
        return producer;
    }

    private static DefaultMQProducer started(String group) throws Exception {
        DefaultMQProducer producer = producer(group);
        starting(producer::start);
        return producer;
    }

    /** Another machine of the group, as far as a broker can tell. */
    private static DefaultMQPushConsumer consumer(String group, boolean machineOfItsOwn) {
        DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(group);
        consumer.setNamesrvAddr(namesrv);
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        consumer.setInstanceName(machineOfItsOwn ? "machine-" + instances.incrementAndGet() : "shared");
        consumer.setHeartbeatBrokerInterval(2000);
        consumer.setPollNameServerInterval(1000); // the route of a retry topic is known when it was asked for
        consumer.setConsumeThreadMin(4);
        consumer.setConsumeThreadMax(4);
        return consumer;
    }

    interface Start {
        void run() throws Exception;
    }

    /** One after the other: a client that starts while another of its process does may skip its first heartbeat. */
    private static synchronized void starting(Start start) throws Exception {
        start.run();
    }

    private static void listen(DefaultMQPushConsumer consumer, Function<MessageExt, Boolean> each) {
        consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> {
            boolean done = true;
            for (MessageExt message : messages) done &= each.apply(message);
            return done ? ConsumeConcurrentlyStatus.CONSUME_SUCCESS : ConsumeConcurrentlyStatus.RECONSUME_LATER;
        });
    }

    private static void await(BooleanSupplier done, int seconds) throws Exception {
        long until = System.currentTimeMillis() + seconds * 1000L;
        while (!done.getAsBoolean() && System.currentTimeMillis() < until) Thread.sleep(20);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(MessageExt message) {
        return new String(message.getBody(), StandardCharsets.UTF_8);
    }

    private static int queuesOf(DefaultMQPushConsumer consumer, String topic) {
        int count = 0;
        for (MessageQueue queue : consumer.getDefaultMQPushConsumerImpl().getRebalanceImpl().getProcessQueueTable().keySet())
            if (queue.getTopic().equals(topic)) count++;
        return count;
    }

    private static boolean isRouted(String topic) {
        try {
            return !admin.examineTopicRouteInfo(topic).getQueueDatas().isEmpty();
        } catch (Exception noRouteYet) {
            return false;
        }
    }

    private static long stored(String topic) throws Exception {
        long all = 0;
        for (TopicOffset queue : admin.examineTopicStats(topic).getOffsetTable().values()) all += queue.getMaxOffset();
        return all;
    }

    // ---- produce

    private static void ways(Map<String, Object> facts) throws Exception {
        topic("RowsWays", 4);
        DefaultMQProducer producer = started("rows-ways");
        SendResult sync = producer.send(new Message("RowsWays", bytes("sync")));
        facts.put("sync", sameAsStored(sync));
        SendResult[] asyncResult = new SendResult[1];
        CountDownLatch answered = new CountDownLatch(1);
        producer.send(new Message("RowsWays", bytes("async")), new SendCallback() {
            @Override public void onSuccess(SendResult result) {
                asyncResult[0] = result;
                answered.countDown();
            }

            @Override public void onException(Throwable error) {
                answered.countDown();
            }
        });
        answered.await(10, TimeUnit.SECONDS);
        facts.put("async", sameAsStored(asyncResult[0]));
        producer.sendOneway(new Message("RowsWays", bytes("oneway")));
        long[] count = {0};
        for (int tries = 0; tries < 200 && count[0] < 3; tries++, Thread.sleep(20)) count[0] = stored("RowsWays");
        facts.put("stored", count[0]);
    }

    private static boolean sameAsStored(SendResult result) throws Exception {
        MessageExt byOffset = admin.viewMessage("RowsWays", result.getOffsetMsgId());
        return byOffset.getMsgId().equals(result.getMsgId()) && byOffset.getQueueId() == result.getMessageQueue().getQueueId()
            && byOffset.getQueueOffset() == result.getQueueOffset();
    }

    private static void content(Map<String, Object> facts) throws Exception {
        topic("RowsContent", 1);
        Message message = new Message("RowsContent", "Tag-Ä", "key-1 ключ-2", bytes("héllo 🚀 漢字"));
        message.putUserProperty("user", "значение 🎯");
        SendResult sent = started("rows-content").send(message);
        List<MessageExt> got = Collections.synchronizedList(new ArrayList<>());
        DefaultMQPushConsumer consumer = consumer("rows-content", false);
        consumer.subscribe("RowsContent", "*");
        listen(consumer, got::add);
        starting(consumer::start);
        await(() -> !got.isEmpty(), 20);
        MessageExt one = got.get(0);
        facts.put("topic", one.getTopic());
        facts.put("tag", one.getTags());
        facts.put("keys", one.getKeys());
        facts.put("body", text(one));
        facts.put("user", one.getUserProperty("user"));
        facts.put("sameId", one.getMsgId().equals(sent.getMsgId()));
        facts.put("byUniqueId", text(queried("RowsContent", sent.getMsgId())));
        facts.put("byOffsetId", text(admin.viewMessage("RowsContent", sent.getOffsetMsgId())));
    }

    /** The index is written a moment after the message. */
    private static MessageExt queried(String topic, String id) throws Exception {
        for (int tries = 0; ; tries++) {
            try {
                return admin.viewMessage(topic, id);
            } catch (MQClientException error) {
                if (tries == 100) throw error;
                Thread.sleep(50);
            }
        }
    }

    private static void sizes(Map<String, Object> facts) throws Exception {
        String longest = "T".repeat(127);
        topic("RowsSizes", 1);
        DefaultMQProducer producer = producer("rows-sizes");
        producer.setMaxMessageSize(6 << 20);
        producer.setCompressMsgBodyOverHowmuch(Integer.MAX_VALUE);
        starting(producer::start);
        facts.put("largest", producer.send(new Message("RowsSizes", new byte[4194304])).getSendStatus());
        try {
            producer.send(new Message("RowsSizes", new byte[4194305]));
        } catch (MQBrokerException error) {
            facts.put("larger", error.getResponseCode());
            facts.put("remark", error.getErrorMessage());
        }
        facts.put("stored", stored("RowsSizes"));
        facts.put("longestTopic", producer.send(new Message(longest, bytes("x"))).getSendStatus());
    }

    private static void batch(Map<String, Object> facts) throws Exception {
        topic("RowsBatch", 1);
        DefaultMQProducer producer = started("rows-batch");
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < 1000; i++) messages.add(new Message("RowsBatch", bytes("m" + i)));
        SendResult sent = producer.send(messages);
        facts.put("offsetIds", new HashSet<>(Arrays.asList(sent.getOffsetMsgId().split(","))).size());
        facts.put("ids", new HashSet<>(Arrays.asList(sent.getMsgId().split(","))).size());
        facts.put("stored", stored("RowsBatch"));
        facts.put("last", text(admin.viewMessage("RowsBatch", sent.getOffsetMsgId().split(",")[999])));
        Message delayed = new Message("RowsBatch", bytes("later"));
        delayed.setDelayTimeLevel(3);
        facts.put("delayed", refused(() -> producer.send(Collections.singletonList(delayed))));
        facts.put("retry", refused(() -> producer.send(Collections.singletonList(new Message("%RETRY%x", bytes("x"))))));
    }

    interface Act {
        Object run() throws Exception;
    }

    private static boolean refused(Act act) {
        try {
            act.run();
            return false;
        } catch (Exception error) {
            return true;
        }
    }

    private static void selector(Map<String, Object> facts) throws Exception {
        topic("RowsSelector", 8);
        DefaultMQProducer producer = started("rows-selector");
        Map<String, Set<Integer>> queues = new TreeMap<>();
        for (int i = 0; i < 100; i++) {
            String key = "order-" + i % 10;
            SendResult sent = producer.send(new Message("RowsSelector", "t", key, bytes("m")), new SelectMessageQueueByHash(), key);
            queues.computeIfAbsent(key, ignored -> new TreeSet<>()).add(
                admin.viewMessage("RowsSelector", sent.getOffsetMsgId()).getQueueId());
        }
        facts.put("keys", queues.size());
        facts.put("mostQueuesOfAKey", queues.values().stream().mapToInt(Set::size).max().orElse(0));
        facts.put("queuesUsed", queues.values().stream().flatMap(Set::stream).distinct().count() > 1);
    }

    private static void compression(Map<String, Object> facts) throws Exception {
        topic("RowsCompression", 1);
        String body = "all work and no play ".repeat(1000);
        Map<String, MessageExt> got = new ConcurrentHashMap<>();
        DefaultMQPushConsumer consumer = consumer("rows-compression", false);
        consumer.subscribe("RowsCompression", "*");
        listen(consumer, message -> {
            got.put(message.getTags(), message);
            return true;
        });
        starting(consumer::start);
        for (CompressionType type : CompressionType.values()) {
            DefaultMQProducer producer = producer("rows-compression-" + type);
            producer.setCompressType(type);
            starting(producer::start);
            SendResult sent = producer.send(new Message("RowsCompression", type.name(), bytes(body)));
            await(() -> got.containsKey(type.name()), 20);
            MessageExt viewed = admin.viewMessage("RowsCompression", sent.getOffsetMsgId());
            Map<String, Object> of = new LinkedHashMap<>();
            of.put("received", text(got.get(type.name())).equals(body));
            of.put("viewed", text(viewed).equals(body));
            of.put("storedSmaller", got.get(type.name()).getStoreSize() < body.length() / 4);
            of.put("flag", got.get(type.name()).getSysFlag() & MessageSysFlag.COMPRESSION_TYPE_COMPARATOR);
            facts.put(type.name(), of);
        }
    }

    private static void producers(Map<String, Object> facts) throws Exception {
        topic("RowsProducers", 2);
        for (int i = 0; i < 2; i++) {
            DefaultMQProducer producer = producer("rows-producers");
            producer.setInstanceName("producer-" + i);
            starting(producer::start);
            producer.send(new Message("RowsProducers", bytes("x")));
            producer.getDefaultMQProducerImpl().getMqClientFactory().sendHeartbeatToAllBrokerWithLock();
        }
        Set<String> clients = new TreeSet<>();
        Set<String> kinds = new TreeSet<>();
        for (Connection one : admin.examineProducerConnectionInfo("rows-producers", "RowsProducers").getConnectionSet()) {
            clients.add(one.getClientId());
            kinds.add(one.getLanguage() + " " + (one.getVersion() > 0) + " " + one.getClientAddr().startsWith("127.0.0.1:"));
        }
        facts.put("clients", clients.size());
        facts.put("kinds", kinds);
    }

    private static void flood(Map<String, Object> facts) throws Exception {
        int count = 100_000;
        topic("RowsFlood", 8);
        DefaultMQProducer producer = started("rows-flood");
        Set<String> sent = ConcurrentHashMap.newKeySet(count * 2);
        Set<String> got = ConcurrentHashMap.newKeySet(count * 2);
        AtomicInteger next = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        DefaultMQPushConsumer consumer = consumer("rows-flood", false);
        consumer.setConsumeThreadMin(20);
        consumer.setConsumeThreadMax(20);
        consumer.subscribe("RowsFlood", "*");
        listen(consumer, message -> {
            got.add(message.getMsgId());
            return true;
        });
        starting(consumer::start);
        ExecutorService threads = Executors.newFixedThreadPool(64);
        for (int t = 0; t < 64; t++) {
            threads.execute(() -> {
                while (next.getAndIncrement() < count) {
                    try {
                        sent.add(producer.send(new Message("RowsFlood", new byte[128])).getMsgId());
                    } catch (Exception error) {
                        failed.incrementAndGet();
                    }
                }
            });
        }
        threads.shutdown();
        threads.awaitTermination(90, TimeUnit.SECONDS);
        await(() -> got.size() >= count, 60);
        facts.put("failed", failed.get());
        facts.put("distinctIds", sent.size());
        facts.put("stored", stored("RowsFlood"));
        sent.removeAll(got);
        facts.put("notReceived", sent.size());
        consumer.shutdown();
    }

    // ---- consume

    private static void flowControl(Map<String, Object> facts) throws Exception {
        topic("RowsFlow", 1);
        DefaultMQProducer producer = started("rows-flow");
        for (int i = 0; i < 3; i++) {
            List<Message> messages = new ArrayList<>();
            for (int m = 0; m < 1000; m++) messages.add(new Message("RowsFlow", bytes("m" + m)));
            producer.send(messages);
        }
        CountDownLatch release = new CountDownLatch(1);
        DefaultMQPushConsumer consumer = consumer("rows-flow", true);
        consumer.subscribe("RowsFlow", "*");
        listen(consumer, message -> {
            try {
                release.await();
            } catch (InterruptedException ignored) {
                return false;
            }
            return true;
        });
        starting(consumer::start);
        long cached = -1;
        for (int tries = 0, steady = 0; tries < 100 && steady < 10; tries++, Thread.sleep(100)) {
            ConsumerRunningInfo info = admin.getConsumerRunningInfo("rows-flow", clientId(consumer), false);
            long now = info.getMqTable().entrySet().stream().filter(e -> e.getKey().getTopic().equals("RowsFlow"))
                .mapToLong(e -> e.getValue().getCachedMsgCount()).sum();
            steady = now == cached && now > 0 ? steady + 1 : 0;
            cached = now;
        }
        facts.put("cached", cached);
        release.countDown();
        consumer.shutdown();
    }

    private static String clientId(DefaultMQPushConsumer consumer) {
        return consumer.getDefaultMQPushConsumerImpl().getmQClientFactory().getClientId();
    }

    private static void pullConsumers(Map<String, Object> facts) throws Exception {
        topic("RowsPull", 2);
        DefaultMQProducer producer = started("rows-pull-producer");
        for (int i = 0; i < 100; i++) producer.send(new Message("RowsPull", bytes("m" + i)));

        Set<String> plain = new HashSet<>();
        DefaultMQPullConsumer pull = new DefaultMQPullConsumer("rows-pull");
        pull.setNamesrvAddr(namesrv);
        starting(pull::start);
        for (MessageQueue queue : pull.fetchSubscribeMessageQueues("RowsPull")) {
            for (long offset = 0; ; ) {
                PullResult result = pull.pull(queue, "*", offset, 32);
                offset = result.getNextBeginOffset();
                if (result.getPullStatus() != PullStatus.FOUND) break;
                result.getMsgFoundList().forEach(message -> plain.add(text(message)));
            }
        }
        facts.put("plain", plain.size());

        Set<String> lite = new HashSet<>();
        DefaultLitePullConsumer litePull = new DefaultLitePullConsumer("rows-lite");
        litePull.setNamesrvAddr(namesrv);
        litePull.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        litePull.subscribe("RowsPull", "*");
        starting(litePull::start);
        for (int tries = 0; tries < 100 && lite.size() < 100; tries++)
            litePull.poll(500).forEach(message -> lite.add(text(message)));
        facts.put("lite", lite.size());
        litePull.shutdown();

        Set<String> scheduled = ConcurrentHashMap.newKeySet();
        Set<Integer> assigned = ConcurrentHashMap.newKeySet();
        MQPullConsumerScheduleService service = new MQPullConsumerScheduleService("rows-scheduled");
        service.getDefaultMQPullConsumer().setNamesrvAddr(namesrv);
        service.registerPullTaskCallback("RowsPull", (queue, context) -> {
            assigned.add(queue.getQueueId());
            try {
                long offset = Math.max(0, context.getPullConsumer().fetchConsumeOffset(queue, false));
                PullResult result = context.getPullConsumer().pull(queue, "*", offset, 32);
                if (result.getPullStatus() == PullStatus.FOUND)
                    result.getMsgFoundList().forEach(message -> scheduled.add(text(message)));
                context.getPullConsumer().updateConsumeOffset(queue, result.getNextBeginOffset());
                context.setPullNextDelayTimeMillis(50);
            } catch (Exception error) {
                context.setPullNextDelayTimeMillis(200);
            }
        });
        starting(service::start);
        await(() -> scheduled.size() >= 100, 30);
        facts.put("scheduled", scheduled.size());
        facts.put("queuesTold", assigned.size());
        service.shutdown();
    }

    private static void shared(Map<String, Object> facts) throws Exception {
        topic("RowsShared", 3);
        Map<Integer, AtomicInteger> each = new TreeMap<>();
        List<DefaultMQPushConsumer> consumers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            AtomicInteger count = new AtomicInteger();
            each.put(i, count);
            DefaultMQPushConsumer consumer = consumer("rows-shared", true);
            consumer.subscribe("RowsShared", "*");
            listen(consumer, message -> count.incrementAndGet() > 0);
            starting(consumer::start);
            consumers.add(consumer);
        }
        await(() -> consumers.stream().allMatch(one -> queuesOf(one, "RowsShared") == 1), 45);
        DefaultMQProducer producer = started("rows-shared-producer");
        List<MessageQueue> queues = producer.fetchPublishMessageQueues("RowsShared");
        for (int i = 0; i < 9; i++) producer.send(new Message("RowsShared", bytes("m" + i)), queues.get(i % 3));
        await(() -> each.values().stream().mapToInt(AtomicInteger::get).sum() >= 9, 20);
        facts.put("each", each.values().stream().map(AtomicInteger::get).toArray());
        consumers.forEach(DefaultMQPushConsumer::shutdown);
    }

    /** Groups that share one topic: each gets all of it, its instances share. */
    private static void severalGroups(Map<String, Object> facts) throws Exception {
        topic("RowsGroups", 3);
        Map<String, List<String>> got = new TreeMap<>();
        List<DefaultMQPushConsumer> consumers = new ArrayList<>();
        for (int group = 1; group <= 3; group++) {
            List<String> ofGroup = Collections.synchronizedList(new ArrayList<>());
            got.put("rows-group-" + group, ofGroup);
            for (int instance = 0; instance < group; instance++) {
                DefaultMQPushConsumer consumer = consumer("rows-group-" + group, true);
                consumer.subscribe("RowsGroups", "*");
                listen(consumer, message -> ofGroup.add(text(message)));
                starting(consumer::start);
                consumers.add(consumer);
            }
        }
        await(() -> {
            int queues = 0;
            for (DefaultMQPushConsumer one : consumers) queues += queuesOf(one, "RowsGroups");
            return queues == 9 && consumers.stream().allMatch(one -> queuesOf(one, "RowsGroups") > 0);
        }, 45);
        DefaultMQProducer producer = started("rows-groups-producer");
        for (int i = 0; i < 9; i++) producer.send(new Message("RowsGroups", bytes("m" + i)));
        await(() -> got.values().stream().allMatch(list -> list.size() >= 9), 30);
        Map<String, Object> each = new TreeMap<>();
        got.forEach((group, list) -> each.put(group, list.size() + " of " + new TreeSet<>(list).size()));
        facts.put("each", each);
        consumers.forEach(DefaultMQPushConsumer::shutdown);
    }

    /** A listener that takes 32 at once, and a group that is moved past what it has not read. */
    private static void manyAtOnce(Map<String, Object> facts) throws Exception {
        topic("RowsMany", 1);
        DefaultMQProducer producer = started("rows-many-producer");
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < 640; i++) messages.add(new Message("RowsMany", bytes("m" + i)));
        producer.send(messages);
        AtomicInteger largest = new AtomicInteger();
        AtomicInteger all = new AtomicInteger();
        DefaultMQPushConsumer many = consumer("rows-many", true);
        many.setConsumeMessageBatchMaxSize(32);
        many.subscribe("RowsMany", "*");
        many.registerMessageListener((MessageListenerConcurrently) (list, context) -> {
            largest.accumulateAndGet(list.size(), Math::max);
            all.addAndGet(list.size());
            return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
        });
        starting(many::start);
        List<String> slowly = Collections.synchronizedList(new ArrayList<>());
        DefaultMQPushConsumer behind = consumer("rows-behind", true);
        behind.setConsumeThreadMin(1);
        behind.setConsumeThreadMax(1);
        behind.subscribe("RowsMany", "*");
        listen(behind, message -> {
            try {
                Thread.sleep(100);
            } catch (InterruptedException ignored) {
                return false;
            }
            return slowly.add(text(message));
        });
        starting(behind::start);
        await(() -> all.get() >= 640 && !slowly.isEmpty(), 45);
        facts.put("largest", largest.get());
        facts.put("all", all.get());
        admin.resetOffsetByTimestamp("RowsMany", "rows-behind", -1, true); // as mqadmin skipAccumulatedMessage asks
        producer.send(new Message("RowsMany", bytes("after")));
        await(() -> slowly.contains("after"), 45);
        facts.put("after", slowly.contains("after"));
        facts.put("skipped", slowly.size() < 600);
        many.shutdown();
        behind.shutdown();
    }

    /** The route is asked for, not remembered: a topic that was made later is found. */
    private static void noSuchTopic(Map<String, Object> facts) throws Exception {
        DefaultMQPullConsumer pull = new DefaultMQPullConsumer("rows-no-such");
        pull.setNamesrvAddr(namesrv);
        pull.setInstanceName("no-such");
        starting(pull::start);
        try {
            pull.fetchSubscribeMessageQueues("RowsNoSuch");
        } catch (MQClientException error) {
            facts.put("refused", error.getErrorMessage());
        }
        try {
            admin.examineTopicRouteInfo("RowsNoSuch");
        } catch (MQClientException error) {
            facts.put("code", error.getResponseCode());
        }
        topic("RowsNoSuch", 2);
        facts.put("queues", pull.fetchSubscribeMessageQueues("RowsNoSuch").size());
        pull.shutdown();
    }

    /** Every instance gets all that comes while it is there; what failed does not come again; the client keeps the place. */
    private static void broadcast(Map<String, Object> facts) throws Exception {
        topic("RowsBroadcast", 2);
        DefaultMQProducer producer = started("rows-broadcast-producer");
        for (int i = 0; i < 4; i++) producer.send(new Message("RowsBroadcast", bytes("old" + i)));
        List<List<String>> got = new ArrayList<>();
        List<DefaultMQPushConsumer> consumers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            got.add(Collections.synchronizedList(new ArrayList<>()));
            consumers.add(broadcastConsumer("broadcast-" + i, got.get(i)));
        }
        await(() -> consumers.stream().allMatch(one -> queuesOf(one, "RowsBroadcast") == 2), 45);
        Thread.sleep(500); // each has asked where the queues end
        for (int i = 0; i < 9; i++) producer.send(new Message("RowsBroadcast", bytes("m" + i)));
        await(() -> got.stream().allMatch(list -> list.size() >= 9), 30);
        Thread.sleep(2500); // longer than a retry would take
        facts.put("each", got.stream().map(list -> list.size() + " of " + new HashSet<>(list).size()).toArray());
        facts.put("old", got.stream().flatMap(List::stream).filter(one -> one.startsWith("old")).count());
        consumers.forEach(DefaultMQPushConsumer::shutdown);

        java.nio.file.Path file = java.nio.file.Path.of(System.getProperty("user.home"), ".rocketmq_offsets",
            clientId(consumers.get(0)), "rows-broadcast", "offsets.json");
        facts.put("file", java.nio.file.Files.readString(file).contains("RowsBroadcast"));
        for (int i = 0; i < 4; i++) producer.send(new Message("RowsBroadcast", bytes("away" + i)));
        List<String> back = Collections.synchronizedList(new ArrayList<>());
        DefaultMQPushConsumer again = broadcastConsumer("broadcast-0", back);
        await(() -> back.size() >= 4, 30);
        again.shutdown();
        facts.put("back", new TreeSet<>(back));

        for (String name : List.of("offsets.json", "offsets.json.bak")) java.nio.file.Files.deleteIfExists(file.resolveSibling(name));
        producer.send(new Message("RowsBroadcast", bytes("missed")));
        List<String> lost = Collections.synchronizedList(new ArrayList<>());
        DefaultMQPushConsumer anew = broadcastConsumer("broadcast-0", lost);
        await(() -> queuesOf(anew, "RowsBroadcast") == 2, 45);
        Thread.sleep(500);
        for (int i = 0; i < 2; i++) producer.send(new Message("RowsBroadcast", bytes("new" + i)));
        await(() -> lost.size() >= 2, 30);
        anew.shutdown();
        facts.put("withoutFile", new TreeSet<>(lost));
    }

    /** Says of each message that it failed. */
    private static DefaultMQPushConsumer broadcastConsumer(String instance, List<String> got) throws Exception {
        DefaultMQPushConsumer consumer = consumer("rows-broadcast", true);
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_LAST_OFFSET);
        consumer.setInstanceName(instance);
        consumer.setMessageModel(MessageModel.BROADCASTING);
        consumer.subscribe("RowsBroadcast", "*");
        listen(consumer, message -> got.add(text(message)) && false);
        starting(consumer::start);
        return consumer;
    }

    // ---- order

    /** The first of two fails four times: when it is tried, and when the second comes. */
    private static void orderedFailure(Map<String, Object> facts) throws Exception {
        topic("RowsOrderedFailure", 1);
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        List<Long> times = Collections.synchronizedList(new ArrayList<>());
        DefaultMQPushConsumer consumer = consumer("rows-ordered-failure", true);
        consumer.subscribe("RowsOrderedFailure", "*");
        consumer.registerMessageListener((MessageListenerOrderly) (list, context) -> {
            for (MessageExt message : list) {
                seen.add(text(message) + " " + message.getReconsumeTimes());
                times.add(System.currentTimeMillis());
            }
            return seen.size() < 5 ? ConsumeOrderlyStatus.SUSPEND_CURRENT_QUEUE_A_MOMENT : ConsumeOrderlyStatus.SUCCESS;
        });
        DefaultMQProducer producer = started("rows-ordered-failure-producer");
        for (String text : List.of("first", "second")) producer.send(new Message("RowsOrderedFailure", bytes(text)));
        starting(consumer::start);
        await(() -> seen.size() >= 6, 60);
        consumer.shutdown();
        facts.put("seen", new ArrayList<>(seen));
        long least = Long.MAX_VALUE;
        for (int i = 1; i < 5; i++) least = Math.min(least, times.get(i) - times.get(i - 1));
        facts.put("leastGapMs", least);
        facts.put("buried", admin.fetchAllTopicList().getTopicList().contains("%DLQ%rows-ordered-failure"));
    }

    /** 100,000 messages of one queue, two instances of one ordered group; the one that works leaves on the way. */
    private static void oneOrder(Map<String, Object> facts) throws Exception {
        int count = 100_000;
        topic("RowsOneOrder", 1);
        DefaultMQProducer producer = started("rows-one-order-producer");
        for (int from = 0; from < count; from += 1000) {
            List<Message> messages = new ArrayList<>();
            for (int i = from; i < from + 1000; i++) messages.add(new Message("RowsOneOrder", bytes(String.valueOf(i))));
            producer.send(messages);
        }
        List<int[]> seen = Collections.synchronizedList(new ArrayList<>());
        List<DefaultMQPushConsumer> consumers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            int instance = i;
            DefaultMQPushConsumer consumer = consumer("rows-one-order", true);
            consumer.setConsumeMessageBatchMaxSize(32);
            consumer.setPullBatchSize(32);
            consumer.subscribe("RowsOneOrder", "*");
            consumer.registerMessageListener((MessageListenerOrderly) (list, context) -> {
                for (MessageExt message : list) seen.add(new int[] {instance, Integer.parseInt(text(message))});
                return ConsumeOrderlyStatus.SUCCESS;
            });
            starting(consumer::start);
            consumers.add(consumer);
        }
        await(() -> seen.size() >= 20_000, 60);
        DefaultMQPushConsumer active = queuesOf(consumers.get(0), "RowsOneOrder") == 1 ? consumers.get(0) : consumers.get(1);
        active.setAwaitTerminationMillisWhenShutdown(5000); // what it is at is finished, so that nothing is seen twice
        active.shutdown();
        await(() -> seen.size() >= count && seen.get(seen.size() - 1)[1] == count - 1, 90);
        int inversions = 0;
        int skipped = 0;
        int changes = 0;
        for (int at = 1; at < seen.size(); at++) {
            int[] before = seen.get(at - 1);
            int[] now = seen.get(at);
            if (now[1] > before[1] + 1) skipped++;
            if (now[0] != before[0]) changes++;
            else if (now[1] <= before[1]) inversions++;
        }
        facts.put("distinct", seen.stream().map(one -> one[1]).distinct().count());
        facts.put("inversions", inversions);
        facts.put("skipped", skipped);
        facts.put("instances", changes + 1);
        consumers.forEach(DefaultMQPushConsumer::shutdown);
    }

    private static void moves(Map<String, Object> facts) throws Exception {
        topic("RowsMoves", 8);
        List<DefaultMQPushConsumer> consumers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            DefaultMQPushConsumer consumer = consumer("rows-moves", true);
            consumer.subscribe("RowsMoves", "*");
            listen(consumer, message -> true);
            starting(consumer::start);
            consumers.add(consumer);
        }
        DefaultMQPushConsumer stays = consumers.get(0);
        await(() -> consumers.stream().allMatch(one -> queuesOf(one, "RowsMoves") == 4), 45);
        facts.put("atFirst", new int[] {queuesOf(stays, "RowsMoves"), queuesOf(consumers.get(1), "RowsMoves")});
        long began = System.currentTimeMillis();
        consumers.get(1).shutdown();
        await(() -> queuesOf(stays, "RowsMoves") == 8, 45);
        facts.put("afterShutdown", queuesOf(stays, "RowsMoves"));
        facts.put("shutdownMs", System.currentTimeMillis() - began);
        DefaultMQPushConsumer comes = consumer("rows-moves", true);
        comes.subscribe("RowsMoves", "*");
        listen(comes, message -> true);
        began = System.currentTimeMillis();
        starting(comes::start);
        await(() -> queuesOf(stays, "RowsMoves") == 4 && queuesOf(comes, "RowsMoves") == 4, 45);
        facts.put("afterStart", new int[] {queuesOf(stays, "RowsMoves"), queuesOf(comes, "RowsMoves")});
        facts.put("startMs", System.currentTimeMillis() - began);
        stays.shutdown();
        comes.shutdown();
    }

    private static void rolling(Map<String, Object> facts) throws Exception {
        topic("RowsRolling", 6);
        Map<String, AtomicInteger> got = new ConcurrentHashMap<>();
        List<DefaultMQPushConsumer> consumers = new ArrayList<>();
        for (int i = 0; i < 3; i++) consumers.add(rollingConsumer(got));
        Set<String> sent = ConcurrentHashMap.newKeySet();
        DefaultMQProducer producer = started("rows-rolling-producer");
        Thread load = new Thread(() -> {
            for (int i = 0; i < 2000; i++) {
                try {
                    producer.send(new Message("RowsRolling", bytes("m" + i)));
                    sent.add("m" + i);
                    Thread.sleep(3);
                } catch (Exception error) {
                    // not acknowledged: not counted
                }
            }
        });
        load.start();
        for (int i = 0; i < 3; i++) {
            Thread.sleep(1500);
            consumers.get(i).shutdown();
            consumers.set(i, rollingConsumer(got));
        }
        load.join();
        await(() -> got.keySet().containsAll(sent), 45);
        facts.put("sent", sent.size());
        facts.put("missing", sent.stream().filter(one -> !got.containsKey(one)).count());
        facts.put("again", got.values().stream().mapToInt(count -> count.get() - 1).sum());
        consumers.forEach(DefaultMQPushConsumer::shutdown);
    }

    private static DefaultMQPushConsumer rollingConsumer(Map<String, AtomicInteger> got) throws Exception {
        DefaultMQPushConsumer consumer = consumer("rows-rolling", true);
        consumer.subscribe("RowsRolling", "*");
        listen(consumer, message -> got.computeIfAbsent(text(message), ignored -> new AtomicInteger()).incrementAndGet() > 0);
        starting(consumer::start);
        return consumer;
    }

    private static void lowest(Map<String, Object> facts) throws Exception {
        topic("RowsLowest", 1);
        DefaultMQProducer producer = started("rows-lowest-producer");
        for (int i = 0; i < 10; i++) producer.send(new Message("RowsLowest", bytes("m" + i)));
        CountDownLatch release = new CountDownLatch(1);
        Set<String> done = ConcurrentHashMap.newKeySet();
        DefaultMQPushConsumer slow = consumer("rows-lowest", true);
        slow.subscribe("RowsLowest", "*");
        listen(slow, message -> {
            if (text(message).equals("m3")) {
                try {
                    release.await();
                } catch (InterruptedException ignored) {
                    return false;
                }
            }
            return done.add(text(message));
        });
        starting(slow::start);
        await(() -> done.size() == 9, 30);
        MessageQueue queue = new MessageQueue("RowsLowest", "broker-a", 0);
        long[] committed = {-1};
        // The client moves its offset after its listener has returned: what it first tells may be of before.
        for (int tries = 0; tries < 100 && committed[0] < 3; tries++, Thread.sleep(50)) {
            slow.getDefaultMQPushConsumerImpl().persistConsumerOffset();
            committed[0] = admin.examineConsumeStats("rows-lowest", "RowsLowest").getOffsetTable().get(queue).getConsumerOffset();
        }
        facts.put("finished", done.size());
        facts.put("committed", committed[0]);
        slow.getDefaultMQPushConsumerImpl().suspend();
        slow.setAwaitTerminationMillisWhenShutdown(0);
        slow.shutdown();
        Set<String> second = Collections.synchronizedSet(new TreeSet<>());
        DefaultMQPushConsumer next = consumer("rows-lowest", true);
        next.subscribe("RowsLowest", "*");
        listen(next, message -> second.add(text(message)) || true);
        starting(next::start);
        await(() -> second.size() >= 7, 45);
        facts.put("again", new TreeSet<>(second));
        release.countDown();
        next.shutdown();
    }

    private static void lastWins(Map<String, Object> facts) throws Exception {
        topic("RowsLastWins", 1);
        Set<String> got = Collections.synchronizedSet(new TreeSet<>());
        DefaultMQPushConsumer consumer = consumer("rows-last-wins", false);
        consumer.subscribe("RowsLastWins", "TagA");
        consumer.subscribe("RowsLastWins", "TagB");
        listen(consumer, message -> got.add(text(message)));
        starting(consumer::start);
        DefaultMQProducer producer = started("rows-last-wins-producer");
        for (String tag : List.of("TagA", "TagB", "TagA", "TagB"))
            producer.send(new Message("RowsLastWins", tag, bytes(tag + got.size())));
        await(() -> got.stream().anyMatch(one -> one.startsWith("TagB")), 30);
        Thread.sleep(300);
        facts.put("tags", got.stream().map(one -> one.substring(0, 4)).distinct().toArray());
    }

    private static void retry(Map<String, Object> facts) throws Exception {
        topic("RowsRetry", 1);
        List<String> ids = Collections.synchronizedList(new ArrayList<>());
        List<Integer> times = Collections.synchronizedList(new ArrayList<>());
        Set<String> keys = Collections.synchronizedSet(new TreeSet<>());
        DefaultMQPushConsumer consumer = consumer("rows-retry", false);
        consumer.setMaxReconsumeTimes(3);
        consumer.subscribe("RowsRetry", "*");
        listen(consumer, message -> {
            ids.add(message.getMsgId());
            times.add(message.getReconsumeTimes());
            keys.add(message.getKeys());
            return false;
        });
        starting(consumer::start);
        SendResult sent = started("rows-retry-producer").send(new Message("RowsRetry", "t", "invoice-17", bytes("x")));
        List<MessageExt> dead = Collections.synchronizedList(new ArrayList<>());
        for (int tries = 0; tries < 900 && dead.isEmpty(); tries++, Thread.sleep(100)) {
            try {
                dead.addAll(admin.queryMessage("%DLQ%rows-retry", "invoice-17", 10, 0, Long.MAX_VALUE).getMessageList());
            } catch (MQClientException error) {
                // not there yet
            }
        }
        facts.put("reconsumeTimes", new ArrayList<>(times));
        facts.put("ids", new HashSet<>(ids).size());
        facts.put("sameAsSent", ids.get(0).equals(sent.getMsgId()));
        facts.put("keys", keys);
        facts.put("dead", dead.size());
        facts.put("deadKey", dead.get(0).getKeys());
        facts.put("deadSameId", dead.get(0).getMsgId().equals(sent.getMsgId()));
    }

    private static void retryElsewhere(Map<String, Object> facts) throws Exception {
        topic("RowsElsewhere", 3);
        Map<String, Set<Integer>> machines = new ConcurrentHashMap<>();
        Map<String, AtomicInteger> attempts = new ConcurrentHashMap<>();
        List<DefaultMQPushConsumer> consumers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int machine = i;
            DefaultMQPushConsumer consumer = consumer("rows-elsewhere", true);
            consumer.subscribe("RowsElsewhere", "*");
            listen(consumer, message -> {
                machines.computeIfAbsent(text(message), ignored -> ConcurrentHashMap.newKeySet()).add(machine);
                return attempts.computeIfAbsent(text(message), ignored -> new AtomicInteger()).incrementAndGet() > 1;
            });
            starting(consumer::start);
            consumers.add(consumer);
        }
        await(() -> consumers.stream().allMatch(one -> queuesOf(one, "RowsElsewhere") == 1), 45);
        DefaultMQProducer producer = started("rows-elsewhere-producer");
        for (int i = 0; i < 30; i++) producer.send(new Message("RowsElsewhere", bytes("m" + i)));
        await(() -> attempts.size() == 30 && attempts.values().stream().allMatch(count -> count.get() > 1), 45);
        facts.put("messages", attempts.size());
        facts.put("seenTwice", attempts.values().stream().filter(count -> count.get() > 1).count());
        facts.put("onAnother", machines.values().stream().filter(set -> set.size() > 1).count());
        consumers.forEach(DefaultMQPushConsumer::shutdown);
    }

    // ---- filters and keys

    private static void tags(Map<String, Object> facts) throws Exception {
        topic("RowsTags", 1);
        DefaultMQProducer producer = started("rows-tags-producer");
        for (String tag : List.of("TagA", "TagB", "TagC")) producer.send(new Message("RowsTags", tag, bytes(tag)));
        producer.send(new Message("RowsTags", bytes("untagged")));
        producer.send(new Message("RowsTags", "TagA", bytes("last")));
        producer.send(new Message("RowsTags", "TagB", bytes("last")));
        Map<String, Set<String>> got = new TreeMap<>();
        int number = 0;
        for (String expression : List.of("*", "TagA", "TagA||TagB", "  TagA   ||  TagB ")) {
            Set<String> set = Collections.synchronizedSet(new TreeSet<>());
            got.put(expression, set);
            DefaultMQPushConsumer consumer = consumer("rows-tags-" + number++, false);
            consumer.subscribe("RowsTags", expression);
            listen(consumer, message -> set.add(text(message)) || true);
            starting(consumer::start);
        }
        await(() -> got.values().stream().allMatch(set -> set.contains("last")), 30);
        Thread.sleep(300);
        facts.put("got", got);
    }

    private static void sameHash(Map<String, Object> facts) throws Exception {
        topic("RowsHash", 1);
        DefaultMQProducer producer = started("rows-hash-producer");
        for (int i = 0; i < 11; i++) producer.send(new Message("RowsHash", i % 2 == 0 ? "Aa" : "BB", bytes("m" + i)));
        Set<String> got = Collections.synchronizedSet(new TreeSet<>());
        DefaultMQPushConsumer consumer = consumer("rows-hash", false);
        consumer.subscribe("RowsHash", "Aa");
        listen(consumer, message -> got.add(message.getTags() + " " + text(message)));
        starting(consumer::start);
        await(() -> got.size() >= 6, 30);
        MessageQueue queue = new MessageQueue("RowsHash", "broker-a", 0);
        long committed = -1;
        for (int tries = 0; tries < 100 && committed < 11; tries++, Thread.sleep(100)) {
            consumer.getDefaultMQPushConsumerImpl().persistConsumerOffset();
            committed = admin.examineConsumeStats("rows-hash", "RowsHash").getOffsetTable().get(queue).getConsumerOffset();
        }
        facts.put("sameHash", "Aa".hashCode() == "BB".hashCode());
        facts.put("got", got);
        facts.put("committed", committed);
    }

    private static void keys(Map<String, Object> facts) throws Exception {
        topic("RowsKeys", 2);
        DefaultMQProducer producer = started("rows-keys");
        Message message = new Message("RowsKeys", "t", bytes("with three keys"));
        message.setKeys(List.of("one-1", "two-2", "three-3"));
        producer.send(message);
        Map<String, Object> found = new TreeMap<>();
        for (String key : List.of("one-1", "two-2", "three-3")) {
            for (int tries = 0; tries < 100 && !found.containsKey(key); tries++, Thread.sleep(50)) {
                try {
                    List<MessageExt> list = admin.queryMessage("RowsKeys", key, 10, 0, Long.MAX_VALUE).getMessageList();
                    if (!list.isEmpty()) found.put(key, text(list.get(0)));
                } catch (MQClientException error) {
                    // not indexed yet
                }
            }
        }
        facts.put("found", found);
    }

    // ---- name server and connections

    private static void route(Map<String, Object> facts) throws Exception {
        facts.put("brokers", admin.examineBrokerClusterInfo().getBrokerAddrTable().keySet());
        topic("RowsRoute", 3);
        facts.put("atOnce", admin.examineTopicRouteInfo("RowsRoute").getQueueDatas().get(0).getWriteQueueNums());
        topic("RowsRoute", 5);
        facts.put("changedAtOnce", admin.examineTopicRouteInfo("RowsRoute").getQueueDatas().get(0).getWriteQueueNums());
    }

    private static void asked(Map<String, Object> facts) throws Exception {
        topic("RowsAsked", 1);
        SendResult sent = started("rows-asked-producer").send(new Message("RowsAsked", bytes("x")));
        AtomicInteger times = new AtomicInteger();
        DefaultMQPushConsumer consumer = consumer("rows-asked", true);
        consumer.subscribe("RowsAsked", "*");
        listen(consumer, message -> times.incrementAndGet() > 0);
        starting(consumer::start);
        await(() -> times.get() == 1, 30);
        ConsumerRunningInfo info = admin.getConsumerRunningInfo("rows-asked", clientId(consumer), true);
        facts.put("subscribed", info.getSubscriptionSet().stream().anyMatch(one -> one.getTopic().equals("RowsAsked")));
        facts.put("stack", info.getJstack() != null && info.getJstack().contains("Thread"));
        facts.put("directly", admin.consumeMessageDirectly("rows-asked", clientId(consumer), "RowsAsked", sent.getOffsetMsgId())
            .getConsumeResult());
        facts.put("times", times.get());
        facts.put("status", admin.getConsumeStatus("RowsAsked", "rows-asked", "").size());
        consumer.shutdown();
    }

    private static void oneInstance(Map<String, Object> facts) throws Exception {
        topic("RowsOne", 1);
        List<DefaultMQPushConsumer> consumers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            DefaultMQPushConsumer consumer = consumer("rows-one-" + i, false);
            consumer.setInstanceName("one-instance");
            consumer.subscribe("RowsOne", "*");
            listen(consumer, message -> true);
            starting(consumer::start);
            consumers.add(consumer);
        }
        consumers.get(0).getDefaultMQPushConsumerImpl().getmQClientFactory().sendHeartbeatToAllBrokerWithLock();
        Set<String> addresses = new TreeSet<>();
        Set<String> clients = new TreeSet<>();
        int listed = 0;
        for (int i = 0; i < 20; i++) { // who asks for a group's clients goes where its retry topic is
            String retryTopic = MixAll.getRetryTopic("rows-one-" + i);
            await(() -> isRouted(retryTopic), 60);
            for (Connection one : admin.examineConsumerConnectionInfo("rows-one-" + i).getConnectionSet()) {
                addresses.add(one.getClientAddr());
                clients.add(one.getClientId());
                listed++;
            }
        }
        facts.put("listed", listed);
        facts.put("connections", addresses.size());
        facts.put("clientIds", clients.size());
        consumers.forEach(DefaultMQPushConsumer::shutdown);
    }

    private static void ofAKind(Map<String, Object> facts) throws Exception {
        topic("RowsKind", 1);
        DefaultMQProducer producer = started("rows-kind");
        Set<String> got = ConcurrentHashMap.newKeySet();
        DefaultMQPushConsumer consumer = consumer("rows-kind", false);
        consumer.subscribe("RowsKind", "*");
        listen(consumer, message -> got.add(text(message)));
        starting(consumer::start);
        for (String which : List.of("producer", "consumer")) {
            try {
                if (which.equals("producer")) {
                    started("rows-kind");
                } else {
                    DefaultMQPushConsumer second = consumer("rows-kind", false);
                    second.subscribe("RowsKind", "*");
                    listen(second, message -> true);
                    starting(second::start);
                }
            } catch (MQClientException error) {
                facts.put(which, error.getMessage().contains("has been created before"));
            }
        }
        producer.send(new Message("RowsKind", bytes("still here")));
        await(() -> got.contains("still here"), 30);
        facts.put("first", got);
    }

    /** Last: while it looks, the broker makes no topics. */
    private static void autoCreate(Map<String, Object> facts) throws Exception {
        DefaultMQProducer producer = started("rows-auto");
        facts.put("status", producer.send(new Message("RowsUnknown", bytes("x"))).getSendStatus());
        facts.put("queues", admin.examineTopicRouteInfo("RowsUnknown").getQueueDatas().get(0).getWriteQueueNums());
        java.util.Properties off = new java.util.Properties();
        off.put("autoCreateTopicEnable", "false");
        admin.updateBrokerConfig(broker, off);
        DefaultMQProducer second = producer("rows-auto-second");
        second.setRetryTimesWhenSendFailed(0);
        starting(second::start);
        try {
            second.send(new Message("RowsNeverMade", bytes("x")));
            facts.put("refused", "no");
        } catch (MQBrokerException error) {
            facts.put("refused", error.getResponseCode());
            facts.put("remark", error.getErrorMessage());
        } catch (MQClientException error) {
            Throwable cause = error.getCause();
            facts.put("refused", cause instanceof MQBrokerException ? ((MQBrokerException) cause).getResponseCode() : error.getResponseCode());
            facts.put("remark", cause != null ? cause.getMessage() : error.getErrorMessage());
        }
    }
}
