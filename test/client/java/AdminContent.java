// The same content for every broker that mqadmin is asked about: topics, groups, messages, offsets, and clients that stay
// connected until standard input ends. Prints one JSON line with the ids of what it sent, then `content ready`.
//   AdminContent NAMESRV
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.exception.RemotingConnectException;
import org.apache.rocketmq.remoting.exception.RemotingSendRequestException;
import org.apache.rocketmq.tools.admin.DefaultMQAdminExt;

public class AdminContent {
    private static final int MESSAGES = 40;

    @SuppressWarnings("deprecation")
    public static void main(String[] args) throws Exception {
        System.setProperty("rocketmq.client.logUseSlf4j", "false");
        String namesrv = args[0];

        DefaultMQProducer producer = new DefaultMQProducer("admin-producer");
        producer.setNamesrvAddr(namesrv);
        producer.setInstanceName("admin-content-p");
        producer.start();

        List<String> ids = new ArrayList<>();
        List<MessageQueue> queues = queuesOf(producer);
        queues.sort(null);
        for (int i = 0; i < MESSAGES; i++) {
            Message message = new Message("AdminTopic", i % 2 == 0 ? "even" : "odd", "key-" + i,
                ("body of message " + i).getBytes(StandardCharsets.UTF_8));
            message.putUserProperty("number", String.valueOf(i));
            SendResult result = producer.send(message, queues.get(i % queues.size()));
            ids.add("[\"" + result.getMsgId() + "\",\"" + result.getOffsetMsgId() + "\"]");
        }

        CountDownLatch consumed = new CountDownLatch(MESSAGES);
        DefaultMQPushConsumer consumer = new DefaultMQPushConsumer("admin-group");
        consumer.setNamesrvAddr(namesrv);
        consumer.setInstanceName("admin-content-c");
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        consumer.setPersistConsumerOffsetInterval(500);
        consumer.subscribe("AdminTopic", "*");
        consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> {
            for (int i = 0; i < messages.size(); i++) consumed.countDown();
            return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
        });
        consumer.start();
        if (!consumed.await(60, TimeUnit.SECONDS)) throw new IllegalStateException("not all was consumed");

        // A group that was here and left half-way.
        DefaultMQPullConsumer left = new DefaultMQPullConsumer("left-group");
        left.setNamesrvAddr(namesrv);
        left.setInstanceName("admin-content-l");
        left.start();
        for (MessageQueue queue : left.fetchSubscribeMessageQueues("AdminTopic")) {
            pullOnce(left, queue);
            left.updateConsumeOffset(queue, 4);
            left.getDefaultMQPullConsumerImpl().getOffsetStore().persist(queue);
        }
        left.shutdown();

        // Statistics are sampled every 10 s: until then all of them are zero.
        DefaultMQAdminExt admin = new DefaultMQAdminExt();
        admin.setNamesrvAddr(namesrv);
        admin.setInstanceName("admin-content-a");
        admin.start();
        String broker = admin.examineTopicRouteInfo("AdminTopic").getBrokerDatas().get(0).selectBrokerAddr();
        awaitSum(admin, broker, "TOPIC_PUT_NUMS", "AdminTopic", MESSAGES);
        awaitSum(admin, broker, "GROUP_GET_NUMS", "AdminTopic@admin-group", MESSAGES);
        awaitSum(admin, broker, "GROUP_GET_NUMS", "AdminTopic@left-group", 16);
        for (int tries = 0; admin.examineConsumeStats("admin-group").computeTotalDiff() != 0; tries++) {
            if (tries > 120) throw new IllegalStateException("offsets are not committed after 30 s");
            Thread.sleep(250);
        }
        admin.shutdown();
        System.out.println("{\"ids\":[" + String.join(",", ids) + "]}");
        System.out.println("content ready");
        while (System.in.read() >= 0) { }
        consumer.shutdown();
        producer.shutdown();
        System.exit(0);
    }

    /** A client gives a name server 6 s at most, which a busy machine does not always keep. */
    private static List<MessageQueue> queuesOf(DefaultMQProducer producer) throws Exception {
        for (int tries = 0; ; tries++) {
            try {
                return producer.fetchPublishMessageQueues("AdminTopic");
            } catch (MQClientException error) {
                if (tries > 10) throw error;
            }
        }
    }

    /** A client closes its channel when any request on it was late, which takes one that is being sent with it. */
    private static void pullOnce(DefaultMQPullConsumer consumer, MessageQueue queue) throws Exception {
        for (int tries = 0; ; tries++) {
            try {
                consumer.pull(queue, "*", 0, 4, 30_000);
                return;
            } catch (RemotingSendRequestException | RemotingConnectException error) {
                if (tries > 10) throw error;
                Thread.sleep(250);
            }
        }
    }

    private static void awaitSum(DefaultMQAdminExt admin, String broker, String name, String key, long sum)
        throws Exception {
        for (int tries = 0; ; tries++) {
            long counted = admin.viewBrokerStatsData(broker, name, key).getStatsMinute().getSum();
            if (counted == sum) return;
            if (tries > 120) throw new IllegalStateException(name + " " + key + " is " + counted + " after 30 s");
            Thread.sleep(250);
        }
    }
}
