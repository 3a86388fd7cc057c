// A static topic from its making to its end, with the stock tool, producer and consumers, on a cluster of broker-a and
// broker-b: two queues at broker-a, two more at broker-b, then all moved to broker-b, then two more. Prints what each step shows, one `STEP` line each.
//   StaticTopics NAMESRV [stay]   stay: nothing is moved
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.ConsumeOrderlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.consumer.listener.MessageListenerOrderly;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.protocol.route.TopicRouteData;
import org.apache.rocketmq.tools.admin.DefaultMQAdminExt;

public class StaticTopics {
    private static final String TOPIC = "StaticTopic";
    private static String namesrv;
    private static int clients;

    public static void main(String[] args) throws Exception {
        System.setProperty("rocketmq.client.logUseSlf4j", "false");
        namesrv = args[0];
        boolean moves = args.length < 2 || !args[1].equals("stay");
        // made in two steps: which broker gets which queue of one step the tool leaves to chance
        tool("made", "updateStaticTopic", "-t", TOPIC, "-qn", "2", "-b", "broker-a");
        tool("wider", "updateStaticTopic", "-t", TOPIC, "-qn", "4", "-b", "broker-b");
        route("route");
        send("sent", "first", 8);
        consume("consumed", "static-group", "first", 8, false);
        consume("in order", "static-ordered", "first", 8, true);
        queues("queues");
        tool("status", "topicStatus", "-t", TOPIC);
        tool("progress", "consumerProgress", "-g", "static-group", "-t", TOPIC);
        if (moves) {
            tool("moved", "remappingStaticTopic", "-t", TOPIC, "-b", "broker-b");
            route("route, moved");
            send("sent, moved", "second", 8);
            consume("consumed, moved", "static-group", "second", 8, false);
            consume("all, moved", "static-late", "", 16, false);
            queues("queues, moved");
            tool("status, moved", "topicStatus", "-t", TOPIC);
            tool("progress, moved", "consumerProgress", "-g", "static-group", "-t", TOPIC);
            tool("more", "updateStaticTopic", "-t", TOPIC, "-qn", "6", "-b", "broker-a,broker-b");
            send("sent, more", "third", 12);
        }
        tool("fewer", "updateStaticTopic", "-t", TOPIC, "-qn", "2", "-c", "DefaultCluster");
        tool("deleted", "deleteTopic", "-t", TOPIC, "-c", "DefaultCluster");
        tool("gone", "topicRoute", "-t", TOPIC);
        System.exit(0);
    }

    private static void step(String name, Object shown) {
        System.out.println("STEP " + name + ": " + shown);
    }

    private static void tool(String name, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(words));
        command.addAll(1, List.of("-n", namesrv));
        String printed = new String(MqAdminBatch.printed(command.toArray(new String[0])), StandardCharsets.UTF_8);
        for (String line : printed.split("\n")) {
            // traces are the tool's own; whose message they carry counts
            if (!line.isBlank() && !line.trim().startsWith("at ") && !line.startsWith("\t...")) step(name, line.trim());
        }
    }

    private static void route(String name) throws Exception {
        DefaultMQAdminExt admin = new DefaultMQAdminExt();
        admin.setNamesrvAddr(namesrv);
        admin.setInstanceName("static-" + clients++);
        admin.start();
        TopicRouteData route = admin.examineTopicRouteInfo(TOPIC);
        new TreeMap<>(route.getTopicQueueMappingByBroker()).forEach((broker, info) -> step(name, broker + " "
            + info.getTotalQueues() + " " + info.getScope() + " " + info.isDirty() + " " + new TreeMap<>(info.getCurrIdMap())));
        route.getQueueDatas().stream().map(Object::toString).sorted().forEach(queues -> step(name, queues));
        admin.shutdown();
    }

    private static void send(String name, String body, int count) throws Exception {
        DefaultMQProducer producer = new DefaultMQProducer("static-producer");
        producer.setNamesrvAddr(namesrv);
        producer.setInstanceName("static-" + clients++);
        producer.start();
        List<MessageQueue> queues = new ArrayList<>(producer.fetchPublishMessageQueues(TOPIC));
        Collections.sort(queues);
        for (int i = 0; i < count; i++) {
            Message message = new Message(TOPIC, "tag", "key-" + body + i, (body + i).getBytes(StandardCharsets.UTF_8));
            SendResult result = producer.send(message, queues.get(i % queues.size()));
            step(name, result.getSendStatus() + " " + result.getMessageQueue().getBrokerName() + " "
                + result.getMessageQueue().getQueueId() + " " + result.getQueueOffset());
        }
        List<Message> batch = List.of(new Message(TOPIC, (body + "batch0").getBytes()), new Message(TOPIC, (body + "batch1").getBytes()));
        SendResult result = producer.send(batch, queues.get(0));
        step(name, result.getSendStatus() + " batch " + result.getMessageQueue().getQueueId() + " " + result.getQueueOffset());
        producer.shutdown();
    }

    private static void consume(String name, String group, String body, int count, boolean inOrder) throws Exception {
        Set<String> seen = new ConcurrentSkipListSet<>();
        DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(group);
        consumer.setNamesrvAddr(namesrv);
        consumer.setInstanceName("static-" + clients++);
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        consumer.subscribe(TOPIC, "*");
        if (inOrder) {
            consumer.registerMessageListener((MessageListenerOrderly) (messages, context) -> {
                messages.forEach(message -> seen.add(shown(message)));
                return ConsumeOrderlyStatus.SUCCESS;
            });
        } else {
            consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> {
                messages.forEach(message -> seen.add(shown(message)));
                return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
            });
        }
        consumer.start();
        int whole = count + (body.isEmpty() ? 4 : 2); // batches
        for (int tries = 0; seen.size() < whole && tries < 600; tries++) Thread.sleep(100);
        Thread.sleep(300); // what comes twice, or is not to come, would come now
        consumer.shutdown();
        for (String line : seen) step(name, line);
    }

    private static String shown(MessageExt message) {
        return message.getBrokerName() + " " + message.getQueueId() + " " + String.format("%06d", message.getQueueOffset()) + " "
            + new String(message.getBody(), StandardCharsets.UTF_8) + " again " + message.getReconsumeTimes();
    }

    @SuppressWarnings("deprecation")
    private static void queues(String name) throws Exception {
        DefaultMQPullConsumer consumer = new DefaultMQPullConsumer("static-looker");
        consumer.setNamesrvAddr(namesrv);
        consumer.setInstanceName("static-" + clients++);
        consumer.start();
        for (MessageQueue queue : new TreeSet<>(consumer.fetchSubscribeMessageQueues(TOPIC))) {
            step(name, queue.getBrokerName() + " " + queue.getQueueId() + " " + consumer.minOffset(queue) + "-" + consumer.maxOffset(queue)
                + " from the beginning " + consumer.searchOffset(queue, 0) + ", from now " + consumer.searchOffset(queue, System.currentTimeMillis() + 60_000)
                + ", static-group at " + new TreeSet<>(List.of(committed("static-group", queue))));
        }
        consumer.shutdown();
    }

    @SuppressWarnings("deprecation")
    private static long committed(String group, MessageQueue queue) throws Exception {
        DefaultMQPullConsumer consumer = new DefaultMQPullConsumer(group);
        consumer.setNamesrvAddr(namesrv);
        consumer.setInstanceName("static-c" + clients++);
        consumer.start();
        try {
            return consumer.fetchConsumeOffset(queue, true);
        } finally {
            consumer.shutdown();
        }
    }
}
