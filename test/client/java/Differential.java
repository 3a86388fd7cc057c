// test/client/java/Differential.java: a scenario that a seed decides, played by stock clients against one cluster; what was seen is
// printed in a form that is equal wherever the cluster does the same. Nothing is judged here.
//   Differential NAMESRV SEED MESSAGES
// The broker is started with delay levels of 1 to 2 s, at most three checks of a transaction, property
// filters on, and timed messages of at most 3 days. Each line of output is "STREAM TEXT". Streams whose order is decided by the
// cluster's promises keep their order; the others are sorted. What differs from run to run (ids, times, offsets in the log) is
// replaced by what it stands for: an id by the message it belongs to.
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.MessageSelector;
import org.apache.rocketmq.client.consumer.PullResult;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.ConsumeOrderlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.consumer.listener.MessageListenerOrderly;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.producer.LocalTransactionState;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.TransactionListener;
import org.apache.rocketmq.client.producer.TransactionMQProducer;
import org.apache.rocketmq.client.producer.TransactionSendResult;
import org.apache.rocketmq.common.TopicConfig;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageAccessor;
import org.apache.rocketmq.common.message.MessageClientIDSetter;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.protocol.admin.TopicOffset;
import org.apache.rocketmq.remoting.protocol.heartbeat.MessageModel;
import org.apache.rocketmq.tools.admin.DefaultMQAdminExt;

public class Differential {
    // named after the seed, so that a cluster can see several
    private static String PLAIN;
    private static String DELAY;
    private static String TIMED;
    private static String ORDER;
    private static String TRANS;
    private static final String ASIDE = "TRANS_CHECK_MAX_TIME_TOPIC";
    private static final String[] TAGS = {null, "TagA", "TagB", "TagC", "Тэг"};
    private static final String[] SQL = {
        "a > 5", "a BETWEEN 2 AND 6", "b = 'it''s'", "b IN ('x', 'y') AND NOT (a = 3)", "c", "NOT c", "c IS NULL OR a <= 2",
        "b <> 'x'", "TAGS = 'TagA' OR a >= 7.5", "a IS NOT NULL AND b IS NOT NULL", "b CONTAINS 'ong'", "b NOT STARTSWITH 'l'",
        "b ENDSWITH 'y' OR c = TRUE", "a NOT BETWEEN 1 AND 7", "b NOT IN ('x','long y')", "a = 4 OR (a > 6 AND c = FALSE)"};
    /** What the client itself notes of a message. */
    private static final Set<String> LOCAL = new HashSet<>(Arrays.asList("MIN_OFFSET", "MAX_OFFSET", "CONSUME_START_TIME"));
    /** Where it came from: the same for all, and shown only where it is not. */
    private static final Set<String> USUAL = new HashSet<>(Arrays.asList("CLUSTER=DefaultCluster", "MSG_REGION=DefaultRegion", "TRACE_ON=true"));
    /** Properties that say when or where, not what. */
    private static final Set<String> VOLATILE = new HashSet<>(Arrays.asList("TIMER_OUT_MS", "TIMER_DELIVER_MS", "TIMER_ENQUEUE_MS",
        "TIMER_DEQUEUE_MS", "TRAN_PREPARED_QUEUE_OFFSET", "ORIGIN_MESSAGE_ID", "__PREPARED_OFFSET"));

    private static final Map<String, List<String>> streams = new TreeMap<>();
    private static final Set<String> ordered = new HashSet<>();
    private static final Map<String, String> names = new ConcurrentHashMap<>();
    private static volatile long lastSeen = System.currentTimeMillis();

    private static String namesrv;
    private static long seed;
    private static DefaultMQAdminExt admin;
    private static TransactionMQProducer producer;
    private static int mostRetries;
    private static final Map<String, Integer> queuesOf = new TreeMap<>();
    private static int committed;
    private static int setAside;

    public static void main(String[] args) {
        try {
            play(args);
        } catch (Throwable error) {
            error.printStackTrace();
            System.exit(1);
        }
        System.exit(0); // clients leave threads behind
    }

    private static void play(String[] args) throws Exception {
        long begun = System.currentTimeMillis();
        namesrv = args[0];
        seed = Long.parseLong(args[1]);
        int count = Integer.parseInt(args[2]);
        Random random = new Random(seed);
        PLAIN = "DiffPlain" + seed;
        DELAY = "DiffDelay" + seed;
        TIMED = "DiffTimed" + seed;
        ORDER = "DiffOrder" + seed;
        TRANS = "DiffTrans" + seed;
        admin = new DefaultMQAdminExt("differential-admin");
        admin.setNamesrvAddr(namesrv);
        admin.setInstanceName("admin");
        admin.start();
        String broker = admin.examineBrokerClusterInfo().getBrokerAddrTable().get("broker-a").getBrokerAddrs().get(0L);
        for (String topic : Arrays.asList(PLAIN, DELAY, TIMED, ORDER, TRANS)) {
            // the client itself chooses the queue of a transaction
            queuesOf.put(topic, topic.equals(TRANS) ? 1 : 1 + random.nextInt(4));
            admin.createAndUpdateTopicConfig(broker, new TopicConfig(topic, queuesOf.get(topic), queuesOf.get(topic), 6));
        }
        mostRetries = 1 + random.nextInt(3);
        startProducer();

        List<Group> groups = new ArrayList<>();
        groups.add(new Group("diff-tags" + seed, "TagA || TagC || Тэг", null).on(PLAIN));
        groups.add(new Group("diff-sql-1" + seed, null, SQL[random.nextInt(SQL.length)]).on(PLAIN));
        groups.add(new Group("diff-sql-2" + seed, null, SQL[random.nextInt(SQL.length)]).on(PLAIN));
        groups.add(new Group("diff-sql-3" + seed, null, SQL[random.nextInt(SQL.length)]).on(PLAIN, DELAY));
        Group failing = new Group("diff-failing" + seed, "*", null).on(PLAIN, DELAY, TIMED, TRANS).failing();
        groups.add(failing);
        Group orderly = new Group("diff-orderly" + seed, "*", null).on(ORDER).failing().orderly();
        groups.add(orderly);
        groups.add(new Group("diff-everyone" + seed, "TagA || TagB", null).on(PLAIN).broadcast("one"));
        groups.add(new Group("diff-everyone" + seed, "TagA || TagB", null).on(PLAIN).broadcast("two"));
        System.err.println("groups after " + (System.currentTimeMillis() - begun) + " ms");
        List<Group> late = new ArrayList<>();
        for (Group group : groups) {
            if (random.nextBoolean()) { // it waits for messages, or finds them waiting
                group.start();
            } else {
                late.add(group);
            }
        }
        System.err.println("started after " + (System.currentTimeMillis() - begun) + " ms");
        Map<String, Integer> sent = new TreeMap<>();
        for (int n = 0; n < count; n++) {
            String topic = new String[] {PLAIN, PLAIN, PLAIN, DELAY, TIMED, ORDER, TRANS}[random.nextInt(7)];
            sent.merge(topic, send(topic, n, random), Integer::sum);
        }
        System.err.println("sent after " + (System.currentTimeMillis() - begun) + " ms");
        for (Group group : late) {
            group.start();
        }
        sent.put(TRANS, committed);
        int toFail = sent.values().stream().mapToInt(Integer::intValue).sum() - sent.getOrDefault(ORDER, 0);
        await("delayed", () -> stored(DELAY) >= sent.getOrDefault(DELAY, 0));
        await("timed", () -> stored(TIMED) >= sent.getOrDefault(TIMED, 0));
        await("transactions", () -> stored(TRANS) >= committed && stored(ASIDE) >= setAside);
        await("failing", () -> failing.done.size() + stored("%DLQ%" + failing.name) >= toFail);
        await("orderly", () -> orderly.done.size() + stored("%DLQ%" + orderly.name) >= sent.getOrDefault(ORDER, 0));
        await("progress", () -> groups.stream().allMatch(Group::isThrough));
        await("silence", () -> System.currentTimeMillis() - lastSeen > 2000);
        System.err.println("seen after " + (System.currentTimeMillis() - begun) + " ms");
        for (Group group : groups) {
            group.stop();
        }
        for (String topic : queuesOf.keySet()) {
            read(topic, !topic.equals(TIMED) && !topic.equals(TRANS) && !topic.equals(DELAY));
        }
        read(ASIDE, false);
        for (String topic : Arrays.asList("%DLQ%" + failing.name, "%RETRY%" + failing.name, "%DLQ%" + orderly.name, "%RETRY%" + orderly.name)) {
            read(topic, false);
        }
        producer.shutdown();
        admin.shutdown();
        streams.forEach((stream, lines) -> {
            if (!ordered.contains(stream)) {
                Collections.sort(lines);
            }
            for (String line : lines) {
                System.out.println(stream + " " + line);
            }
        });
        System.out.println("END");
    }

    /** A number that the seed decides for a text, the same in every run. */
    private static int draw(String text, int below) {
        return new Random(seed * 31 + text.hashCode()).nextInt(below);
    }

    private static void startProducer() throws Exception {
        producer = new TransactionMQProducer("diff-producers" + seed, Collections.singletonList(TRANS));
        producer.setNamesrvAddr(namesrv);
        producer.setInstanceName("producer");
        producer.setRetryTimesWhenSendFailed(0);
        producer.setSendMsgTimeout(20_000);
        producer.setTransactionListener(new TransactionListener() {
            @Override
            public LocalTransactionState executeLocalTransaction(Message message, Object how) {
                return how.equals('C') ? LocalTransactionState.COMMIT_MESSAGE
                    : how.equals('R') ? LocalTransactionState.ROLLBACK_MESSAGE : LocalTransactionState.UNKNOW;
            }

            @Override
            public LocalTransactionState checkLocalTransaction(MessageExt message) {
                String times = message.getProperty("TRANSACTION_CHECK_TIMES");
                see("checked", false, text(message) + " " + times + " " + message.getTopic() + " " + describe(message));
                char end = text(message).charAt(0);
                if (end == '+' && times.equals("2")) {
                    return LocalTransactionState.COMMIT_MESSAGE;
                }
                return end == '-' ? LocalTransactionState.ROLLBACK_MESSAGE : LocalTransactionState.UNKNOW;
            }
        });
        producer.start();
    }

    /** Sends one message, or a batch; answers with how many. */
    private static int send(String topic, int n, Random random) throws Exception {
        MessageQueue queue = new MessageQueue(topic, "broker-a", random.nextInt(queuesOf.get(topic)));
        Message message = message(topic, "m" + n, random);
        int way = random.nextInt(10);
        switch (topic.substring(4, 9)) {
            case "Plain": {
                if (way == 0) {
                    List<Message> batch = new ArrayList<>();
                    for (int i = 1 + random.nextInt(5); i >= 0; i--) {
                        Message one = message(topic, "m" + n + "-" + i, random);
                        one.setWaitStoreMsgOK(message.isWaitStoreMsgOK());
                        batch.add(one);
                    }
                    SendResult result = producer.send(batch, queue);
                    see("sent", true, batch.size() + " " + result.getSendStatus() + " " + result.getMessageQueue().getQueueId() + " "
                        + result.getQueueOffset() + " " + result.getOffsetMsgId().split(",").length);
                    return batch.size();
                }
                if (way == 1) { // its answer is its place
                    long from = admin.maxOffset(queue);
                    producer.sendOneway(message, queue);
                    await("oneway", () -> max(queue) > from);
                    return 1;
                }
                if (way == 2) {
                    CountDownLatch latch = new CountDownLatch(1);
                    producer.send(message, queue, new SendCallback() {
                        @Override
                        public void onSuccess(SendResult result) {
                            sent(message, result);
                            latch.countDown();
                        }

                        @Override
                        public void onException(Throwable error) {
                            see("sent", true, text(message) + " " + error);
                            latch.countDown();
                        }
                    });
                    latch.await(30, TimeUnit.SECONDS);
                    return 1;
                }
                sent(message, producer.send(message, queue));
                return 1;
            }
            case "Delay":
                message.setDelayTimeLevel(new int[] {1, 2, 3, 99, 0, -1}[random.nextInt(6)]);
                sent(message, producer.send(message, queue));
                return 1;
            case "Timed": {
                int ms = new int[] {-5000, 0, 900, 1500, 2700}[random.nextInt(5)];
                if (way < 4) {
                    message.setDeliverTimeMs(System.currentTimeMillis() + ms);
                } else if (way < 7) {
                    message.setDelayTimeMs(Math.max(0, ms));
                } else if (way < 9) {
                    message.setDelayTimeSec(Math.max(0, ms / 1000));
                } else { // refused, and nothing else happens
                    String[] odd = {"TIMER_DELIVER_MS=soon", "TIMER_DELAY_MS=1h", "TIMER_DELAY_SEC=9999999"};
                    String[] pair = odd[random.nextInt(3)].split("=");
                    MessageAccessor.putProperty(message, pair[0], pair[1]);
                    try {
                        sent(message, producer.send(message, queue));
                        return 1;
                    } catch (MQBrokerException error) {
                        see("sent", true, text(message) + " refused " + error.getResponseCode() + " "
                            + error.getErrorMessage().replaceAll("\\d{13,}", "*"));
                        return 0;
                    }
                }
                sent(message, producer.send(message, queue));
                return 1;
            }
            case "Order":
                sent(message, producer.send(message, queue));
                return 1;
            default: {
                char end = "CCRR?+-".charAt(random.nextInt(7)); // ? never says, + commits at the second check, - rolls back
                message.setBody((end + text(message)).getBytes(StandardCharsets.UTF_8));
                TransactionSendResult result = producer.sendMessageInTransaction(named(message), end);
                see("sent", true, text(message) + " " + result.getSendStatus() + " " + result.getLocalTransactionState() + " "
                    + name(result.getTransactionId()));
                committed += end == 'C' || end == '+' ? 1 : 0;
                setAside += end == '?' ? 1 : 0;
                return 0;
            }
        }
    }

    private static Message message(String topic, String text, Random random) {
        Message message = new Message(topic, TAGS[random.nextInt(TAGS.length)], text.getBytes(StandardCharsets.UTF_8));
        int keys = random.nextInt(3);
        if (keys > 0) {
            message.setKeys(keys == 1 ? "key-" + text : "key-" + text + " ключ");
        }
        if (random.nextInt(5) > 0) {
            message.putUserProperty("a", new String[] {"0", "1", "2", "3", "4", "5", "6", "7.5", "8", "x", "-3"}[random.nextInt(11)]);
        }
        if (random.nextInt(4) > 0) {
            message.putUserProperty("b", new String[] {"x", "y", "it's", "long y", "länger"}[random.nextInt(5)]);
        }
        if (random.nextInt(3) > 0) {
            message.putUserProperty("c", random.nextBoolean() ? "true" : "FALSE");
        }
        if (random.nextInt(6) == 0) {
            message.setWaitStoreMsgOK(false);
        }
        int flag = random.nextInt(6) == 0 ? random.nextInt() : 0;
        if (!topic.equals(TRANS)) { // Apache forgets it when it asks
            message.setFlag(flag);
        }
        if (random.nextInt(12) == 0) { // compressed by the client
            message.setBody((text + " " + "x".repeat(6000)).getBytes(StandardCharsets.UTF_8));
        }
        return named(message);
    }

    /** Gives it its id before it is sent: a consumer may be told of it before its producer is. */
    private static Message named(Message message) {
        MessageClientIDSetter.setUniqID(message);
        names.put(MessageClientIDSetter.getUniqID(message), text(message));
        return message;
    }

    private static void sent(Message message, SendResult result) {
        see("sent", true, text(message) + " " + result.getSendStatus() + " " + result.getMessageQueue().getQueueId()
            + (result.getMessageQueue().getTopic().equals(PLAIN) ? " " + result.getQueueOffset() : "") + " "
            + result.getRegionId() + " " + result.isTraceOn());
    }

    /** The consumers of one group, or one of them where each gets everything. */
    private static final class Group {
        final DefaultMQPushConsumer consumer;
        final String name;
        final String tags;
        final String sql;
        String stream;
        String[] topics;
        boolean fails;
        boolean inOrder;
        final Set<String> done = ConcurrentHashMap.newKeySet();

        Group(String name, String tags, String sql) {
            this.name = name;
            this.stream = name;
            this.tags = tags;
            this.sql = sql;
            consumer = new DefaultMQPushConsumer(name);
            consumer.setNamesrvAddr(namesrv);
            consumer.setInstanceName(name);
            consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
            consumer.setPersistConsumerOffsetInterval(500);
            consumer.setPollNameServerInterval(1000);
            consumer.setHeartbeatBrokerInterval(1000);
            consumer.setConsumeThreadMin(1); // in the order in which they came
            consumer.setConsumeThreadMax(1);
        }

        Group on(String... topics) {
            this.topics = topics;
            return this;
        }

        Group failing() {
            fails = true;
            consumer.setMaxReconsumeTimes(mostRetries);
            consumer.setSuspendCurrentQueueTimeMillis(50);
            return this;
        }

        Group orderly() {
            inOrder = true;
            return this;
        }

        Group broadcast(String instance) {
            consumer.setMessageModel(MessageModel.BROADCASTING);
            consumer.setInstanceName(name + "-" + instance);
            stream = name + "-" + instance;
            return this;
        }

        void start() throws Exception {
            for (String topic : topics) {
                if (sql == null) {
                    consumer.subscribe(topic, tags);
                } else {
                    consumer.subscribe(topic, MessageSelector.bySql(sql));
                }
            }
            if (inOrder) {
                consumer.registerMessageListener((MessageListenerOrderly) (messages, context) ->
                    consume(messages.get(0)) ? ConsumeOrderlyStatus.SUCCESS : ConsumeOrderlyStatus.SUSPEND_CURRENT_QUEUE_A_MOMENT);
            } else {
                consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> {
                    int level = draw("level " + text(messages.get(0)), 6);
                    context.setDelayLevelWhenNextConsume(level == 0 ? -1 : level == 1 ? 1 : 0);
                    return consume(messages.get(0)) ? ConsumeConcurrentlyStatus.CONSUME_SUCCESS : ConsumeConcurrentlyStatus.RECONSUME_LATER;
                });
            }
            consumer.start();
        }

        boolean consume(MessageExt message) {
            boolean first = message.getReconsumeTimes() == 0;
            boolean immediate = message.getTopic().equals(PLAIN) || message.getTopic().equals(ORDER);
            String text = text(message);
            String line = message.getReconsumeTimes() + " " + describe(message) + (immediate && (first || inOrder) ? " at " + message.getQueueOffset() : "");
            if (immediate && (first || inOrder)) {
                see(stream + " " + message.getTopic() + " " + message.getQueueId(), true, text + " " + line);
            } else {
                see(stream + " " + message.getTopic() + (first ? " later" : " again"), false, text + " " + line);
            }
            int failures = fails ? Math.max(0, draw("failures " + text, 9) - 4) : 0;
            boolean passes = message.getReconsumeTimes() >= failures;
            if (passes) {
                done.add(message.getMsgId());
            }
            return passes;
        }

        /** Has it seen all that lies in its topics? A filter may have left out the rest. */
        boolean isThrough() {
            if (consumer.getMessageModel() == MessageModel.BROADCASTING) {
                return true;
            }
            try {
                return Arrays.stream(topics).allMatch(this::isThrough);
            } catch (RuntimeException error) {
                return false;
            }
        }

        private boolean isThrough(String topic) {
            try {
                consumer.getDefaultMQPushConsumerImpl().persistConsumerOffset(); // by itself it begins after 10 s
                Map<MessageQueue, Long> behind = new HashMap<>();
                admin.examineConsumeStats(name, topic).getOffsetTable()
                    .forEach((queue, offset) -> behind.put(queue, offset.getBrokerOffset() - offset.getConsumerOffset()));
                for (int id = 0; id < queuesOf.get(topic); id++) {
                    MessageQueue queue = new MessageQueue(topic, "broker-a", id);
                    if (max(queue) > 0 && behind.getOrDefault(queue, 1L) > 0) {
                        return false;
                    }
                }
                return true;
            } catch (Exception error) {
                return false;
            }
        }

        void stop() {
            consumer.shutdown();
        }
    }

    /** Everything that lies in a topic. */
    private static void read(String topic, boolean inOrder) throws Exception {
        DefaultMQPullConsumer reader = new DefaultMQPullConsumer("diff-reader");
        reader.setNamesrvAddr(namesrv);
        reader.setInstanceName("reader");
        reader.start();
        try {
            for (Map.Entry<MessageQueue, TopicOffset> entry : tableOf(topic).entrySet()) {
                MessageQueue queue = entry.getKey();
                String stream = "stored " + topic + (inOrder ? " " + queue.getQueueId() : "");
                long offset = entry.getValue().getMinOffset();
                while (offset < entry.getValue().getMaxOffset()) {
                    PullResult result = reader.pull(queue, "*", offset, 32);
                    offset = result.getNextBeginOffset();
                    if (result.getMsgFoundList() == null) {
                        continue;
                    }
                    for (MessageExt message : result.getMsgFoundList()) {
                        if (!names.containsKey(message.getMsgId())) {
                            continue; // of another seed
                        }
                        String place = inOrder ? " at " + message.getQueueOffset() : "";
                        String queueId = topic.startsWith("Diff") && !inOrder ? " in " + queue.getQueueId() : "";
                        see(stream, inOrder, text(message) + " " + message.getReconsumeTimes() + " " + describe(message) + " size "
                            + message.getStoreSize() + place + queueId);
                    }
                }
            }
        } finally {
            reader.shutdown();
        }
    }

    private static Map<MessageQueue, TopicOffset> tableOf(String topic) {
        Map<MessageQueue, TopicOffset> table = new TreeMap<>();
        try {
            table.putAll(admin.examineTopicStats(topic).getOffsetTable());
        } catch (Exception error) {
            // no such topic yet
        }
        return table;
    }

    private static long stored(String topic) {
        return tableOf(topic).values().stream().mapToLong(TopicOffset::getMaxOffset).sum();
    }

    private static long max(MessageQueue queue) {
        try {
            return admin.maxOffset(queue);
        } catch (Exception error) {
            return -1;
        }
    }

    private static String text(Message message) {
        String text = new String(message.getBody(), StandardCharsets.UTF_8);
        return text.length() > 40 ? text.substring(0, text.indexOf(' ')) + "+" + text.length() : text;
    }

    /** What the client shows of it, apart from what differs from run to run. */
    private static String describe(MessageExt message) {
        Set<String> shown = new TreeSet<>();
        message.getProperties().forEach((key, value) -> shown.add(key + "=" + (VOLATILE.contains(key) ? "*" : name(value))));
        shown.removeIf(pair -> LOCAL.contains(pair.substring(0, pair.indexOf('='))));
        if (shown.containsAll(USUAL)) {
            shown.removeAll(USUAL);
        }
        return message.getTopic() + " flag " + message.getFlag() + " sys " + message.getSysFlag()
            + (message.getPreparedTransactionOffset() == 0 ? "" : " prepared") + " id " + name(message.getMsgId())
            + (message.getTransactionId() == null ? "" : " transaction " + name(message.getTransactionId())) + " " + shown;
    }

    private static String name(String id) {
        return id == null ? "none" : names.containsKey(id) ? "<" + names.get(id) + ">" : id.matches("[0-9A-F]{32}") ? "<id>" : id;
    }

    private static synchronized void see(String stream, boolean inOrder, String line) {
        lastSeen = System.currentTimeMillis();
        if (inOrder) {
            ordered.add(stream);
        }
        streams.computeIfAbsent(stream, any -> new ArrayList<>()).add(line.replace("\n", "\\n"));
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long from = System.currentTimeMillis();
        long until = from + 90_000;
        while (!condition.getAsBoolean()) {
            if (System.currentTimeMillis() > until) {
                see("missed", false, what);
                return;
            }
            Thread.sleep(20);
        }
        System.err.println(what + " after " + (System.currentTimeMillis() - from) + " ms"); // where the time went
    }
}
