// test/client/java/StoreCheck.java: Apache's own store classes on a store directory, without a broker around them.
//   read  DIR  key=topic/key ...     opens, recovers, prints every message of every queue and what each key finds, shuts down
//   write DIR COUNT [halt]           opens, puts COUNT messages, prints where each went, shuts down (or dies without)
// Sizes come from -Dlog= -Dqueue= -Dslots= -Ditems=. One line per fact, fields separated by tabs.
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.rocketmq.common.BrokerConfig;
import org.apache.rocketmq.common.TopicConfig;
import org.apache.rocketmq.common.message.MessageAccessor;
import org.apache.rocketmq.common.message.MessageConst;
import org.apache.rocketmq.common.message.MessageDecoder;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageExtBrokerInner;
import org.apache.rocketmq.store.DefaultMessageStore;
import org.apache.rocketmq.store.GetMessageResult;
import org.apache.rocketmq.store.PutMessageResult;
import org.apache.rocketmq.store.QueryMessageResult;
import org.apache.rocketmq.store.config.MessageStoreConfig;
import org.apache.rocketmq.store.queue.ConsumeQueueInterface;
import org.apache.rocketmq.store.stats.BrokerStatsManager;

public class StoreCheck {
    public static void main(String[] args) throws Exception {
        MessageStoreConfig config = new MessageStoreConfig();
        config.setStorePathRootDir(args[1]);
        config.setStorePathCommitLog(args[1] + "/commitlog");
        config.setMappedFileSizeCommitLog(Integer.getInteger("log", 1 << 30));
        config.setMappedFileSizeConsumeQueue(Integer.getInteger("queue", 6_000_000));
        config.setMaxHashSlotNum(Integer.getInteger("slots", 5_000_000));
        config.setMaxIndexNum(Integer.getInteger("items", 20_000_000));
        config.setHaListenPort(0);
        config.setDiskMaxUsedSpaceRatio(99);
        config.setTimerWheelEnable(false);
        ConcurrentMap<String, TopicConfig> topics = new ConcurrentHashMap<>();
        DefaultMessageStore store = new DefaultMessageStore(
            config, new BrokerStatsManager("check", true), (topic, queueId, offset, tags, time, bits, properties) -> { },
            new BrokerConfig(), topics);
        say("load", store.load());
        store.start();
        if (args[0].equals("write")) write(store, Integer.parseInt(args[2]));
        else read(store, args);
        say("range", store.getCommitLog().getMinOffset(), store.getCommitLog().getMaxOffset());
        if (args[args.length - 1].equals("halt")) {
            Thread.sleep(1500); // what was put is in the mapped files; some of the views may be behind
            System.out.flush();
            Runtime.getRuntime().halt(9);
        }
        long deadline = System.currentTimeMillis() + 10_000;
        while (store.dispatchBehindBytes() > 0 && System.currentTimeMillis() < deadline) Thread.sleep(10);
        store.shutdown();
        say("end");
        System.out.flush();
        System.exit(0);
    }

    private static void write(DefaultMessageStore store, int count) throws Exception {
        for (int n = 0; n < count; n++) {
            MessageExtBrokerInner message = new MessageExtBrokerInner();
            message.setTopic("java-" + n % 2);
            message.setQueueId(n % 3);
            message.setBody(("message " + n).getBytes(StandardCharsets.UTF_8));
            message.setBornTimestamp(1_700_000_000_000L + n);
            message.setBornHost(new InetSocketAddress("10.0.0.1", 1234));
            message.setStoreHost(new InetSocketAddress("10.0.0.2", 10911));
            message.setKeys("key" + n % 50);
            message.setTags(n % 4 == 0 ? "A" : "B");
            MessageAccessor.putProperty(message, MessageConst.PROPERTY_UNIQ_CLIENT_MESSAGE_ID_KEYIDX, String.format("%032X", n));
            message.setTagsCode(MessageExtBrokerInner.tagsString2tagsCode(null, message.getTags()));
            message.setPropertiesString(MessageDecoder.messageProperties2String(message.getProperties()));
            PutMessageResult result = store.putMessage(message);
            say("put", message.getTopic(), message.getQueueId(), result.getAppendMessageResult().getLogicsOffset(),
                result.getAppendMessageResult().getWroteOffset(), result.getPutMessageStatus(), "message " + n);
        }
        while (store.dispatchBehindBytes() > 0) Thread.sleep(5);
    }

    private static void read(DefaultMessageStore store, String[] args) throws Exception {
        long deadline = System.currentTimeMillis() + 10_000;
        while (store.dispatchBehindBytes() > 0 && System.currentTimeMillis() < deadline) Thread.sleep(10);
        var table = new TreeMap<String, ConcurrentMap<Integer, ConsumeQueueInterface>>(store.getConsumeQueueTable());
        for (String topic : table.keySet()) {
            for (int queueId : new TreeMap<>(table.get(topic)).keySet()) readQueue(store, topic, queueId);
        }
        for (String arg : args) {
            if (!arg.startsWith("key=")) continue;
            String topic = arg.substring(4, arg.indexOf('/'));
            String key = arg.substring(arg.indexOf('/') + 1);
            QueryMessageResult result = store.queryMessage(topic, key, 64, 0, Long.MAX_VALUE);
            List<String> bodies = new ArrayList<>();
            for (ByteBuffer buffer : result.getMessageBufferList()) bodies.add(text(MessageDecoder.decode(buffer)));
            Collections.sort(bodies);
            say("key", topic, key, String.join(",", bodies));
            result.release();
        }
    }

    private static void readQueue(DefaultMessageStore store, String topic, int queueId) throws Exception {
        long max = store.getMaxOffsetInQueue(topic, queueId);
        say("queue", topic, queueId, store.getMinOffsetInQueue(topic, queueId), max);
        for (long next = store.getMinOffsetInQueue(topic, queueId); next < max; ) {
            GetMessageResult result = store.getMessage("check", topic, queueId, next, 32, null);
            for (ByteBuffer buffer : result.getMessageBufferList()) {
                MessageExt message = MessageDecoder.decode(buffer);
                say("message", topic, queueId, message.getQueueOffset(), message.getCommitLogOffset(), message.getStoreTimestamp(),
                    message.getTags(), message.getKeys(), text(message));
            }
            result.release();
            if (result.getNextBeginOffset() <= next) {
                say("stuck", topic, queueId, next, result.getStatus());
                return;
            }
            next = result.getNextBeginOffset();
        }
    }

    private static String text(MessageExt message) {
        return new String(message.getBody(), StandardCharsets.UTF_8);
    }

    private static void say(Object... fields) {
        StringBuilder line = new StringBuilder();
        for (Object field : fields) line.append(line.length() == 0 ? "" : "\t").append(field);
        System.out.println(line);
    }
}
