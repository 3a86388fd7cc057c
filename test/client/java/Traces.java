// test/client/java/Traces.java: stock clients that trace: a message that fails once and is taken the second time, one that
// dies, two transactions with an end and three without; then what the stock tool says of the first. Arguments: name server, topic, group.
// Prints: SENT name msgId offsetMsgId, CONSUMED name attempt, and after TOOL the tool's own lines.
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.LocalTransactionState;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.TransactionListener;
import org.apache.rocketmq.client.producer.TransactionMQProducer;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.tools.command.MQAdminStartup;

public class Traces {
    static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    static Message message(String topic, String name) {
        return new Message(topic, "TagT", "trace-" + name, name.getBytes(StandardCharsets.UTF_8));
    }

    public static void main(String[] args) throws Exception {
        System.setProperty("rocketmq.client.rebalance.waitInterval", "1000");
        String namesrv = args[0];
        String topic = args[1];
        String group = args[2];

        DefaultMQProducer producer = new DefaultMQProducer("GID_tracing", true, null);
        producer.setNamesrvAddr(namesrv);
        producer.start();
        TransactionMQProducer transactions = new TransactionMQProducer("GID_tracing_tx", null, true, null);
        transactions.setNamesrvAddr(namesrv);
        transactions.setInstanceName("tx");
        transactions.setTransactionListener(new TransactionListener() {
            @Override
            public LocalTransactionState executeLocalTransaction(Message message, Object state) {
                return (LocalTransactionState) state;
            }

            @Override
            public LocalTransactionState checkLocalTransaction(MessageExt message) {
                return LocalTransactionState.UNKNOW;
            }
        });
        transactions.start();

        CountDownLatch taken = new CountDownLatch(3); // the one that fails once, the one that dies, the one that is committed
        DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(group, true, null);
        consumer.setNamesrvAddr(namesrv);
        consumer.setPollNameServerInterval(1000); // its retry topic is made when it says hello
        consumer.setMaxReconsumeTimes(1);
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        consumer.subscribe(topic, "*");
        consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> {
            context.setDelayLevelWhenNextConsume(1);
            MessageExt message = messages.get(0);
            String name = new String(message.getBody(), StandardCharsets.UTF_8);
            int attempt = message.getReconsumeTimes() + 1;
            say("CONSUMED " + name + " " + attempt);
            boolean good = !name.equals("dies") && (!name.equals("twice") || attempt == 2);
            if (good || attempt == 2) {
                taken.countDown();
            }
            return good ? ConsumeConcurrentlyStatus.CONSUME_SUCCESS : ConsumeConcurrentlyStatus.RECONSUME_LATER;
        });
        consumer.start();

        SendResult first = null;
        for (String name : new String[] {"twice", "dies"}) {
            SendResult sent = producer.send(message(topic, name));
            say("SENT " + name + " " + sent.getMsgId() + " " + sent.getOffsetMsgId());
            first = first == null ? sent : first;
        }
        SendResult sent = transactions.sendMessageInTransaction(message(topic, "kept"), LocalTransactionState.COMMIT_MESSAGE);
        say("SENT kept " + sent.getMsgId() + " " + sent.getOffsetMsgId());
        sent = transactions.sendMessageInTransaction(message(topic, "dropped"), LocalTransactionState.ROLLBACK_MESSAGE);
        say("SENT dropped " + sent.getMsgId() + " " + sent.getOffsetMsgId());
        for (String name : new String[] {"open-1", "open-2", "open-3"}) {
            sent = transactions.sendMessageInTransaction(message(topic, name), LocalTransactionState.UNKNOW);
            say("SENT " + name + " " + sent.getMsgId() + " " + sent.getOffsetMsgId());
        }
        if (!taken.await(40, TimeUnit.SECONDS)) {
            say("NOT TAKEN");
        }
        Thread.sleep(500); // the end of what was taken last
        Thread[] leaving = {
            new Thread(producer::shutdown), new Thread(transactions::shutdown), new Thread(consumer::shutdown)
        };
        for (Thread one : leaving) {
            one.start();
        }
        for (Thread one : leaving) {
            one.join(); // with the last of its traces
        }
        say("TOOL");
        MQAdminStartup.main0(new String[] {"queryMsgTraceById", "-n", namesrv, "-i", first.getMsgId()}, null);
        say("END");
        System.exit(0);
    }
}
