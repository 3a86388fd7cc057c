// test/client/java-ons/Ons.java: Alibaba Cloud's own client (com.aliyun.openservices:ons-client) as its manual shows it, against one
// name server: a line "KIND FACTS" for each kind of message. Nothing is judged here.
//   Ons NAMESRV ADDRESS_SERVICE, the second a whole address (http://...)
import com.aliyun.openservices.ons.api.Action;
import com.aliyun.openservices.ons.api.Consumer;
import com.aliyun.openservices.ons.api.Message;
import com.aliyun.openservices.ons.api.MessageSelector;
import com.aliyun.openservices.ons.api.ONSFactory;
import com.aliyun.openservices.ons.api.OnExceptionContext;
import com.aliyun.openservices.ons.api.Producer;
import com.aliyun.openservices.ons.api.PropertyKeyConst;
import com.aliyun.openservices.ons.api.PropertyValueConst;
import com.aliyun.openservices.ons.api.PullConsumer;
import com.aliyun.openservices.ons.api.SendCallback;
import com.aliyun.openservices.ons.api.SendResult;
import com.aliyun.openservices.ons.api.TopicPartition;
import com.aliyun.openservices.ons.api.batch.BatchConsumer;
import com.aliyun.openservices.ons.api.order.OrderAction;
import com.aliyun.openservices.ons.api.order.OrderConsumer;
import com.aliyun.openservices.ons.api.order.OrderProducer;
import com.aliyun.openservices.ons.api.transaction.TransactionProducer;
import com.aliyun.openservices.ons.api.transaction.TransactionStatus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

public class Ons {
    interface Kind {
        String play() throws Exception;
    }

    private static String namesrv;

    public static void main(String[] args) throws Exception {
        namesrv = args[0];
        Map<String, Kind> kinds = new TreeMap<>();
        kinds.put("normal", Ons::normal);
        kinds.put("retry", Ons::retry);
        kinds.put("timed", Ons::timed);
        kinds.put("order", Ons::order);
        kinds.put("transaction", Ons::transaction);
        kinds.put("batch", Ons::batch);
        kinds.put("pull", Ons::pull);
        kinds.put("broadcast", Ons::broadcast);
        kinds.put("sql", Ons::sql);
        String addressService = args[1];
        kinds.put("address", () -> address(addressService));
        List<Thread> threads = new ArrayList<>();
        for (Map.Entry<String, Kind> kind : kinds.entrySet()) {
            Thread thread = new Thread(() -> {
                String facts;
                try {
                    facts = kind.getValue().play();
                } catch (Throwable error) {
                    Throwable cause = error;
                    while (cause.getCause() != null) cause = cause.getCause();
                    facts = "FAILED " + error + " for " + cause;
                }
                System.out.println("SAW " + kind.getKey() + " " + facts);
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        System.exit(0);
    }

    private static Properties of(String group, String... more) {
        Properties properties = new Properties();
        properties.setProperty(PropertyKeyConst.NAMESRV_ADDR, namesrv);
        properties.setProperty(PropertyKeyConst.AccessKey, "no-access-control");
        properties.setProperty(PropertyKeyConst.SecretKey, "no-access-control");
        properties.setProperty(PropertyKeyConst.GROUP_ID, group);
        properties.setProperty(PropertyKeyConst.InstanceName, group + "-" + System.nanoTime());
        properties.setProperty(PropertyKeyConst.SendMsgTimeoutMillis, "20000");
        for (int at = 0; at < more.length; at += 2) {
            properties.setProperty(more[at], more[at + 1]);
        }
        return properties;
    }

    /** It knows the address service alone. */
    private static String address(String addressService) {
        Properties properties = of("GID_address");
        properties.remove(PropertyKeyConst.NAMESRV_ADDR);
        properties.setProperty(PropertyKeyConst.ONSAddr, addressService);
        Producer producer = ONSFactory.createProducer(properties);
        producer.start();
        return producer.send(message("OnsAddress", "TagA", "found")).getTopic();
    }

    private static Message message(String topic, String tag, String text) {
        Message message = new Message(topic, tag, text.getBytes(StandardCharsets.UTF_8));
        message.setKey("key-" + text);
        return message;
    }

    private static String text(Message message) {
        return new String(message.getBody(), StandardCharsets.UTF_8);
    }

    private static Producer producer(String group) {
        Producer producer = ONSFactory.createProducer(of(group));
        producer.start();
        return producer;
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        for (long until = System.currentTimeMillis() + 90_000; !condition.getAsBoolean() && System.currentTimeMillis() < until;) {
            Thread.sleep(20);
        }
    }

    /** Three ways to send; what arrives has its tag, key and properties. */
    private static String normal() throws Exception {
        ConcurrentSkipListSet<String> seen = new ConcurrentSkipListSet<>();
        Consumer consumer = ONSFactory.createConsumer(of("GID_normal"));
        consumer.subscribe("OnsNormal", "TagA || TagB", (message, context) -> {
            seen.add(text(message) + "/" + message.getTag() + "/" + message.getKey() + "/" + message.getUserProperties("p"));
            return Action.CommitMessage;
        });
        consumer.start();
        Producer producer = producer("GID_normal_p");
        Message message = message("OnsNormal", "TagA", "sync");
        message.putUserProperties("p", "значение");
        SendResult result = producer.send(message);
        CountDownLatch answered = new CountDownLatch(1);
        producer.sendAsync(message("OnsNormal", "TagB", "async"), new SendCallback() {
            @Override
            public void onSuccess(SendResult sent) {
                answered.countDown();
            }

            @Override
            public void onException(OnExceptionContext context) {
                seen.add("failed " + context.getException());
            }
        });
        producer.send(message("OnsNormal", "TagC", "other"));
        producer.sendOneway(message("OnsNormal", "TagA", "oneway"));
        answered.await(30, TimeUnit.SECONDS);
        await(() -> seen.size() >= 3);
        consumer.shutdown();
        producer.shutdown();
        return seen + " " + (result.getMessageId().length() >= 32) + " " + result.getTopic();
    }

    /** Reconsume later, null and an exception each ask for another try, CommitMessage does not. */
    private static String retry() throws Exception {
        Map<String, List<Integer>> times = new ConcurrentSkipListMap<>();
        Consumer consumer = ONSFactory.createConsumer(of("GID_retry", PropertyKeyConst.MaxReconsumeTimes, "2"));
        consumer.subscribe("OnsRetry", "*", (message, context) -> {
            times.computeIfAbsent(text(message), any -> Collections.synchronizedList(new ArrayList<>())).add(message.getReconsumeTimes());
            switch (text(message)) {
                case "later":
                    return Action.ReconsumeLater;
                case "null":
                    return null;
                case "throws":
                    throw new IllegalStateException("as asked");
                default:
                    return Action.CommitMessage;
            }
        });
        consumer.start();
        Producer producer = producer("GID_retry_p");
        for (String text : new String[] {"commit", "later", "null", "throws"}) {
            producer.send(message("OnsRetry", "T", text));
        }
        await(() -> times.size() == 4 && times.entrySet().stream().allMatch(one -> one.getKey().equals("commit") || one.getValue().size() >= 3));
        consumer.shutdown();
        producer.shutdown();
        return times.toString();
    }

    /** Not before its time, whichever way it is said; at once when that is over. */
    private static String timed() throws Exception {
        Map<String, Long> early = new ConcurrentSkipListMap<>();
        Map<String, Long> due = new ConcurrentHashMap<>();
        Consumer consumer = ONSFactory.createConsumer(of("GID_timed"));
        consumer.subscribe("OnsTimed", "*", (message, context) -> {
            long now = System.currentTimeMillis();
            early.put(text(message), Math.max(0, due.getOrDefault(text(message), 0L) - now));
            return Action.CommitMessage;
        });
        consumer.start();
        Producer producer = producer("GID_timed_p");
        long now = System.currentTimeMillis();
        for (long ms : new long[] {-3_600_000, 1500, 2718}) {
            Message message = message("OnsTimed", "T", "in " + ms);
            message.setStartDeliverTime(now + ms);
            due.put("in " + ms, now + ms);
            producer.send(message);
        }
        Message far = message("OnsTimed", "T", "far");
        far.setStartDeliverTime(now + 41L * 86_400_000);
        String refused = "taken";
        try {
            producer.send(far);
        } catch (Exception error) {
            refused = "refused";
        }
        await(() -> early.size() >= 3);
        consumer.shutdown();
        producer.shutdown();
        return early + " beyond 40 days " + refused;
    }

    /** Each sharding key in the order of its sending, with a failure on the way. */
    private static String order() throws Exception {
        Map<String, List<String>> seen = new ConcurrentSkipListMap<>();
        AtomicInteger failures = new AtomicInteger();
        OrderConsumer consumer = ONSFactory.createOrderedConsumer(of("GID_order", PropertyKeyConst.SuspendTimeMillis, "100"));
        consumer.subscribe("OnsOrder", "*", (message, context) -> {
            if (text(message).endsWith("pay") && failures.getAndIncrement() == 0) {
                return OrderAction.Suspend;
            }
            seen.computeIfAbsent(message.getShardingKey(), any -> Collections.synchronizedList(new ArrayList<>())).add(text(message));
            return OrderAction.Success;
        });
        consumer.start();
        OrderProducer producer = ONSFactory.createOrderProducer(of("GID_order_p"));
        producer.start();
        for (String step : new String[] {"create", "pay", "ship"}) {
            for (String key : new String[] {"a", "b", "c"}) {
                producer.send(message("OnsOrder", "T", key + "-" + step), key);
            }
        }
        await(() -> seen.values().stream().mapToInt(List::size).sum() >= 9);
        consumer.shutdown();
        producer.shutdown();
        return seen + " failed " + Math.min(1, failures.get());
    }

    /** Commit, rollback, and unknown with an immunity time of its own: asked once after it. */
    private static String transaction() throws Exception {
        ConcurrentSkipListSet<String> seen = new ConcurrentSkipListSet<>();
        Map<String, AtomicInteger> asked = new ConcurrentSkipListMap<>();
        long[] waited = new long[1];
        Consumer consumer = ONSFactory.createConsumer(of("GID_trans_c"));
        consumer.subscribe("OnsTrans", "*", (message, context) -> {
            seen.add(text(message));
            return Action.CommitMessage;
        });
        consumer.start();
        long[] sent = new long[1];
        TransactionProducer producer = ONSFactory.createTransactionProducer(of("GID_trans"), message -> {
            asked.computeIfAbsent(text(message), any -> new AtomicInteger()).incrementAndGet();
            waited[0] = System.currentTimeMillis() - sent[0];
            return TransactionStatus.CommitTransaction;
        });
        producer.start();
        producer.send(message("OnsTrans", "T", "commit"), (message, how) -> TransactionStatus.CommitTransaction, null);
        String rolledBack = "not said";
        try {
            producer.send(message("OnsTrans", "T", "rollback"), (message, how) -> TransactionStatus.RollbackTransaction, null);
        } catch (RuntimeException said) { // this client says so by an exception
            rolledBack = "said";
        }
        Message unknown = message("OnsTrans", "T", "unknown");
        unknown.putUserProperties(PropertyKeyConst.CheckImmunityTimeInSeconds, "2");
        sent[0] = System.currentTimeMillis();
        producer.send(unknown, (message, how) -> TransactionStatus.Unknow, null);
        await(() -> seen.size() >= 2);
        consumer.shutdown();
        producer.shutdown();
        return seen + " rollback " + rolledBack + " asked " + asked + " not before its time " + (waited[0] >= 2000);
    }

    private static String batch() throws Exception {
        ConcurrentSkipListSet<String> seen = new ConcurrentSkipListSet<>();
        AtomicInteger most = new AtomicInteger();
        Producer producer = producer("GID_batch_p");
        for (int n = 0; n < 50; n++) {
            producer.send(message("OnsBatch", "T", "m" + n));
        }
        BatchConsumer consumer = ONSFactory.createBatchConsumer(of("GID_batch", PropertyKeyConst.ConsumeMessageBatchMaxSize, "16"));
        consumer.subscribe("OnsBatch", "*", (messages, context) -> {
            most.accumulateAndGet(messages.size(), Math::max);
            messages.forEach(message -> seen.add(text(message)));
            return Action.CommitMessage;
        });
        consumer.start();
        await(() -> seen.size() >= 50);
        consumer.shutdown();
        producer.shutdown();
        return seen.size() + " together " + (most.get() > 1);
    }

    private static String pull() throws Exception {
        Producer producer = producer("GID_pull_p");
        for (int n = 0; n < 20; n++) {
            producer.send(message("OnsPull", "T", "m" + n));
        }
        PullConsumer consumer = ONSFactory.createPullConsumer(of("GID_pull", PropertyKeyConst.AUTO_COMMIT, "false"));
        consumer.start();
        TreeSet<String> seen = new TreeSet<>();
        Set<TopicPartition> partitions = consumer.topicPartitions("OnsPull");
        consumer.assign(partitions);
        for (TopicPartition partition : partitions) {
            await(() -> isAtBeginning(consumer, partition));
        }
        for (long until = System.currentTimeMillis() + 90_000; seen.size() < 20 && System.currentTimeMillis() < until;) {
            consumer.poll(1000).forEach(message -> seen.add(text(message)));
        }
        consumer.commitSync();
        consumer.shutdown();
        producer.shutdown();
        return seen.size() + " of " + partitions.size() + " partitions";
    }

    /** Refused as long as the partition is not its own yet. */
    private static boolean isAtBeginning(PullConsumer consumer, TopicPartition partition) {
        try {
            consumer.seekToBeginning(partition);
            return true;
        } catch (RuntimeException refused) {
            return false;
        }
    }

    private static String broadcast() throws Exception {
        ConcurrentSkipListSet<String> seen = new ConcurrentSkipListSet<>();
        List<Consumer> consumers = new ArrayList<>();
        for (String name : new String[] {"one", "two", "three"}) {
            Consumer consumer = ONSFactory.createConsumer(of("GID_all", PropertyKeyConst.MessageModel, PropertyValueConst.BROADCASTING));
            consumer.subscribe("OnsAll", "*", (message, context) -> {
                seen.add(name + " " + text(message));
                return Action.CommitMessage;
            });
            consumer.start();
            consumers.add(consumer);
        }
        // they begin at the newest: each has to have begun
        Producer producer = producer("GID_all_p");
        for (int n = 0; seen.stream().map(line -> line.split(" ")[0]).distinct().count() < 3 && n < 900; n++) {
            producer.send(message("OnsAll", "T", "warm" + n));
            Thread.sleep(100);
        }
        for (int n = 0; n < 9; n++) {
            producer.send(message("OnsAll", "T", "m" + n));
        }
        await(() -> seen.stream().filter(line -> line.contains(" m")).count() >= 27);
        consumers.forEach(Consumer::shutdown);
        producer.shutdown();
        return String.valueOf(seen.stream().filter(line -> line.contains(" m")).count());
    }

    private static String sql() throws Exception {
        ConcurrentSkipListSet<String> seen = new ConcurrentSkipListSet<>();
        Consumer consumer = ONSFactory.createConsumer(of("GID_sql"));
        consumer.subscribe("OnsSql", MessageSelector.bySql("a > 3 AND b = 'x'"), (message, context) -> {
            seen.add(text(message));
            return Action.CommitMessage;
        });
        consumer.start();
        Producer producer = producer("GID_sql_p");
        for (int n = 0; n < 8; n++) {
            Message message = message("OnsSql", "T", "m" + n);
            message.putUserProperties("a", String.valueOf(n));
            message.putUserProperties("b", n % 2 == 0 ? "x" : "y");
            producer.send(message);
        }
        await(() -> seen.size() >= 2);
        consumer.shutdown();
        producer.shutdown();
        return seen.toString();
    }
}
