// test/bench/java/BenchLoad.java: puts a load on a cluster with the stock Java client and prints one line of JSON. A
// send counts only when the broker answered SEND_OK; nothing is tried again. It knows nothing of who answers.
// usage: BenchLoad MODE key=value...   modes: sync, async, oneway, batch, consume, latency; topics=N sends to 64 of N topics;
// producers=N: as many clients with connections of their own, which share threads and window
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.TopicConfig;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.tools.admin.DefaultMQAdminExt;

public final class BenchLoad {
    static final Map<String, String> given = new HashMap<>();
    /** Latencies by 10 us up to 10 s; what took longer is counted in the last place. */
    static final AtomicLongArray latencies = new AtomicLongArray(1_000_001);
    static final AtomicLong counted = new AtomicLong();
    static final AtomicLong failed = new AtomicLong();
    static final Map<String, AtomicLong> reasons = new ConcurrentHashMap<>();
    static volatile boolean measuring;
    static volatile boolean over;
    static int topics = 1;
    static final AtomicLong turn = new AtomicLong();

    public static void main(String[] args) throws Exception {
        for (int i = 1; i < args.length; i++) {
            int at = args[i].indexOf('=');
            given.put(args[i].substring(0, at), args[i].substring(at + 1));
        }
        topics = (int) number("topics", 1);
        // Read once by the client's classes, so it must stand before one of them is loaded.
        System.setProperty("rocketmq.serialize.type", text("header", "JSON"));
        if (topics > 1) makeTopics();
        switch (args[0]) {
            case "sync" -> blocking(1);
            case "batch" -> blocking((int) number("batch", 16));
            case "async" -> asynchronous();
            case "oneway" -> oneway();
            case "consume" -> backlog();
            case "latency" -> live();
            default -> throw new IllegalArgumentException(args[0]);
        }
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    static void blocking(int batch) throws Exception {
        DefaultMQProducer[] producers = producers();
        for (int i = 0; i < number("threads", 64); i++) {
            DefaultMQProducer producer = producers[i % producers.length];
            new Thread(() -> {
                while (!over) {
                    long begun = System.nanoTime();
                    try {
                        SendResult result = batch == 1 ? producer.send(message()) : producer.send(messages(batch));
                        took(result, begun, batch);
                    } catch (Throwable fault) {
                        failed(fault);
                    }
                }
            }).start();
        }
        print(span(), "");
    }

    static void asynchronous() throws Exception {
        DefaultMQProducer[] producers = producers();
        Semaphore window = new Semaphore((int) number("window", 256));
        new Thread(() -> {
            for (int next = 0; !over; next = (next + 1) % producers.length) {
                window.acquireUninterruptibly();
                long begun = System.nanoTime();
                try {
                    producers[next].send(message(), new SendCallback() {
                        @Override public void onSuccess(SendResult result) {
                            window.release();
                            took(result, begun, 1);
                        }
                        @Override public void onException(Throwable fault) {
                            window.release();
                            failed(fault);
                        }
                    });
                } catch (Throwable fault) {
                    window.release();
                    failed(fault);
                }
            }
        }).start();
        print(span(), "");
    }

    /** Nobody answers: what counts is what the broker stored meanwhile. What it has not when all is sent is missing. */
    static void oneway() throws Exception {
        DefaultMQProducer[] producers = producers();
        producers[0].send(message()); // it has its route before the clock runs
        DefaultMQAdminExt admin = admin();
        long before = stored(admin);
        AtomicLong sent = new AtomicLong();
        List<Thread> senders = new ArrayList<>();
        for (DefaultMQProducer producer : producers) {
            Thread sender = new Thread(() -> {
                while (!over) {
                    try {
                        producer.sendOneway(message());
                        sent.incrementAndGet();
                    } catch (Throwable fault) {
                        failed(fault);
                    }
                }
            });
            senders.add(sender);
            sender.start();
        }
        Thread.sleep(number("warmup", 10) * 1000);
        Usage from = new Usage();
        long first = stored(admin);
        Thread.sleep(number("seconds", 10) * 1000);
        counted.set(stored(admin) - first);
        Usage to = new Usage();
        over = true;
        for (Thread sender : senders) sender.join();
        for (int i = 0; i < 300 && stored(admin) - before < sent.get(); i++) Thread.sleep(100);
        long missing = Math.max(0, sent.get() - (stored(admin) - before));
        failed.addAndGet(missing);
        double seconds = (to.nanos - from.nanos) / 1e9;
        System.out.println("{\"tps\":" + Math.round(counted.get() / seconds) + ",\"missing\":" + missing
            + ",\"failed\":" + failed.get() + to.since(from, counted.get()) + "}");
        reasons.forEach((reason, times) -> System.err.println(times + " x " + reason));
    }

    static long stored(DefaultMQAdminExt admin) throws Exception {
        return admin.examineTopicStats(text("topic", "bench")).getOffsetTable().values().stream().mapToLong(o -> o.getMaxOffset()).sum();
    }

    /** Fills a topic, then measures how fast a fresh group takes it: the first third warms up. */
    static void backlog() throws Exception {
        int wanted = (int) number("messages", 300_000);
        int warm = wanted / 2;
        DefaultMQProducer producer = producer();
        for (int sent = 0; sent < wanted + warm; sent += 100) producer.send(messages(100));
        AtomicLong received = new AtomicLong();
        Set<String> seen = ConcurrentHashMap.newKeySet();
        long[] marks = new long[2];
        Usage[] usage = new Usage[2];
        Object done = new Object();
        consumer((list, context) -> {
            for (MessageExt message : list) {
                if (!seen.add(message.getQueueId() + "@" + message.getQueueOffset())) continue;
                long n = received.incrementAndGet();
                if (n == warm) {
                    usage[0] = new Usage();
                    marks[0] = System.nanoTime();
                } else if (n == warm + wanted) {
                    marks[1] = System.nanoTime();
                    usage[1] = new Usage();
                    synchronized (done) { done.notifyAll(); }
                }
            }
            return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
        });
        synchronized (done) { if (usage[1] == null) done.wait(120_000); }
        long missing = Math.max(0, wanted + warm - received.get());
        failed.addAndGet(missing);
        double seconds = usage[1] == null ? Double.NaN : (marks[1] - marks[0]) / 1e9;
        System.out.println("{\"tps\":" + (usage[1] == null ? 0 : Math.round(wanted / seconds)) + ",\"missing\":" + missing
            + ",\"failed\":" + failed.get() + (usage[1] == null ? "" : usage[1].since(usage[0], wanted)) + "}");
    }

    /** From send to listener in one JVM, by one clock, at a steady rate. */
    static void live() throws Exception {
        long run = System.nanoTime();
        AtomicLong sent = new AtomicLong();
        AtomicLong received = new AtomicLong();
        consumer((list, context) -> {
            long now = System.nanoTime();
            for (MessageExt message : list) {
                ByteBuffer body = ByteBuffer.wrap(message.getBody());
                if (body.remaining() < 16 || body.getLong() != run) continue;
                received.incrementAndGet();
                if (measuring) {
                    note(now - body.getLong());
                    counted.incrementAndGet();
                }
            }
            return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
        });
        DefaultMQProducer producer = producer();
        Thread.sleep(3000); // until the first rebalance is over
        producer.send(message()); // it has its route before the clock runs
        long step = 1_000_000_000L / number("rate", 2000);
        Thread sender = new Thread(() -> {
            for (long due = System.nanoTime(); !over; due += step) {
                for (long now = System.nanoTime(); now < due; now = System.nanoTime()) LockSupport.parkNanos(due - now);
                byte[] body = new byte[Math.max(16, (int) number("size", 128))];
                // The clock starts when it was due: a sender that fell behind must not hide it.
                ByteBuffer.wrap(body).putLong(run).putLong(due);
                try {
                    producer.send(new Message(text("topic", "bench"), body), new SendCallback() {
                        @Override public void onSuccess(SendResult result) {
                            if (result.getSendStatus() == SendStatus.SEND_OK) sent.incrementAndGet();
                        }
                        @Override public void onException(Throwable fault) { failed(fault); }
                    });
                } catch (Throwable fault) {
                    failed(fault);
                }
            }
        });
        sender.start();
        Usage[] usage = span();
        sender.join();
        for (int i = 0; i < 250 && received.get() < sent.get(); i++) Thread.sleep(20);
        long missing = Math.max(0, sent.get() - received.get());
        failed.addAndGet(missing);
        print(usage, ",\"missing\":" + missing);
    }

    static Usage[] span() throws Exception {
        Thread.sleep(number("warmup", 10) * 1000);
        Usage from = new Usage();
        measuring = true;
        Thread.sleep(number("seconds", 10) * 1000);
        measuring = false;
        Usage to = new Usage();
        over = true;
        return new Usage[] {from, to};
    }

    static void took(SendResult result, long begun, int messages) {
        if (result.getSendStatus() != SendStatus.SEND_OK) {
            failed(new IllegalStateException(result.getSendStatus().name()));
        } else if (measuring) {
            note(System.nanoTime() - begun);
            counted.addAndGet(messages);
        }
    }

    static void note(long nanos) { latencies.incrementAndGet((int) Math.max(0, Math.min(1_000_000, nanos / 10_000))); }

    static void failed(Throwable fault) {
        if (over) return;
        failed.incrementAndGet();
        String text = String.valueOf(fault.getMessage());
        reasons.computeIfAbsent(fault.getClass().getSimpleName() + ": " + text.substring(0, Math.min(80, text.length())), k -> new AtomicLong()).incrementAndGet();
    }

    static void print(Usage[] usage, String more) {
        long n = counted.get();
        double seconds = (usage[1].nanos - usage[0].nanos) / 1e9;
        System.out.println("{\"tps\":" + Math.round(n / seconds) + ",\"p50Ms\":" + quantile(0.5) + ",\"p99Ms\":" + quantile(0.99)
            + ",\"p999Ms\":" + quantile(0.999) + ",\"failed\":" + failed.get() + more + usage[1].since(usage[0], n) + "}");
        reasons.forEach((reason, times) -> System.err.println(times + " x " + reason));
    }

    static double quantile(double part) {
        long total = 0;
        for (int i = 0; i < latencies.length(); i++) total += latencies.get(i);
        long seen = 0;
        for (int i = 0; i < latencies.length(); i++) {
            seen += latencies.get(i);
            if (seen > 0 && seen >= total * part) return i / 100.0;
        }
        return 0;
    }

    /** CPU time of the client and of the processes named by pids=, resident memory of the latter (Linux only). */
    static final class Usage {
        final long nanos = System.nanoTime();
        final double clientSeconds = ProcessHandle.current().info().totalCpuDuration().map(d -> d.toMillis() / 1000.0).orElse(0.0);
        double serverSeconds;
        long serverRssKiB;
        long serverAnonKiB;

        Usage() {
            for (String pid : text("pids", "").split(",")) {
                if (pid.isEmpty()) continue;
                try {
                    String stat = Files.readString(Path.of("/proc", pid, "stat"));
                    String[] parts = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                    serverSeconds += (Long.parseLong(parts[11]) + Long.parseLong(parts[12])) / 100.0;
                    for (String line : Files.readAllLines(Path.of("/proc", pid, "status"))) {
                        if (line.startsWith("VmRSS:")) serverRssKiB += kib(line);
                        if (line.startsWith("RssAnon:")) serverAnonKiB += kib(line);
                    }
                } catch (IOException gone) {
                    serverSeconds = Double.NaN;
                }
            }
        }

        static long kib(String line) { return Long.parseLong(line.replaceAll("[^0-9]", "")); }

        String since(Usage from, long messages) {
            double server = serverSeconds - from.serverSeconds;
            return ",\"seconds\":" + (nanos - from.nanos) / 1e9 + ",\"clientCpuSeconds\":" + (clientSeconds - from.clientSeconds)
                + (Double.isNaN(server) || text("pids", "").isEmpty() ? "" : ",\"serverCpuPer100k\":" + server * 100_000 / Math.max(1, messages)
                + ",\"serverRssMiB\":" + serverRssKiB / 1024 + ",\"serverRssAnonMiB\":" + serverAnonKiB / 1024);
        }
    }

    static DefaultMQProducer[] producers() throws Exception {
        DefaultMQProducer[] all = new DefaultMQProducer[(int) number("producers", 1)];
        for (int i = 0; i < all.length; i++) all[i] = producer("bench-producer", "client-" + i);
        return all;
    }

    static DefaultMQProducer producer() throws Exception { return producer("bench-producer", "client"); }

    static DefaultMQProducer producer(String group, String instance) throws Exception {
        DefaultMQProducer producer = new DefaultMQProducer(group);
        producer.setInstanceName(instance);
        producer.setNamesrvAddr(text("namesrv", "127.0.0.1:9876"));
        producer.setRetryTimesWhenSendFailed(0);
        producer.setRetryTimesWhenSendAsyncFailed(0);
        producer.setSendMsgTimeout(10_000);
        producer.start();
        return producer;
    }

    static void consumer(MessageListenerConcurrently listener) throws Exception {
        DefaultMQPushConsumer consumer = new DefaultMQPushConsumer("bench-" + Long.toString(System.currentTimeMillis(), 36));
        consumer.setNamesrvAddr(text("namesrv", "127.0.0.1:9876"));
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        consumer.subscribe(text("topic", "bench"), "*");
        consumer.registerMessageListener(listener);
        consumer.start();
    }

    static Message message() { return new Message(topic(), new byte[(int) number("size", 128)]); }

    static String topic() {
        String topic = text("topic", "bench");
        return topics == 1 ? topic : topic + "-" + turn.getAndIncrement() % 64 * (topics / 64);
    }

    static DefaultMQAdminExt admin() throws Exception {
        DefaultMQAdminExt admin = new DefaultMQAdminExt(60_000);
        admin.setNamesrvAddr(text("namesrv", "127.0.0.1:9876"));
        admin.start();
        return admin;
    }

    /** Each with 8 queues, many at a time. */
    static void makeTopics() throws Exception {
        DefaultMQAdminExt admin = admin();
        String broker = admin.examineBrokerClusterInfo().getBrokerAddrTable().values().iterator().next().getBrokerAddrs().get(0L);
        List<TopicConfig> list = new ArrayList<>();
        for (int i = 0; i < topics; i++) {
            list.add(new TopicConfig(text("topic", "bench") + "-" + i, 8, 8, 6));
            if (list.size() < 500 && i < topics - 1) continue;
            admin.createAndUpdateTopicConfigList(broker, list);
            list.clear();
        }
        admin.shutdown();
    }

    static List<Message> messages(int count) {
        List<Message> list = new ArrayList<>(count);
        for (int i = 0; i < count; i++) list.add(message());
        return list;
    }

    static String text(String key, String otherwise) { return given.getOrDefault(key, otherwise); }
    static long number(String key, long otherwise) { return Long.parseLong(text(key, String.valueOf(otherwise))); }
}
