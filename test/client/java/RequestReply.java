// test/client/java/RequestReply.java: a requester and, in the same process, a consumer that answers, both stock. Arguments: name server, topic,
// group. Prints a line per request: what came back, or the exception.
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.RequestCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.utils.MessageUtil;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;

public class RequestReply {
    static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    static Message request(String topic, String text) {
        return new Message(topic, "", text.getBytes(StandardCharsets.UTF_8));
    }

    static String text(Message message) {
        return new String(message.getBody(), StandardCharsets.UTF_8);
    }

    public static void main(String[] args) throws Exception {
        String namesrv = args[0];
        String topic = args[1];
        String group = args[2];
        DefaultMQProducer answers = new DefaultMQProducer(group + "_answers");
        answers.setNamesrvAddr(namesrv);
        answers.setInstanceName("answers");
        answers.setCompressMsgBodyOverHowmuch(1024);
        answers.start();
        DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(group + "_consumer");
        consumer.setNamesrvAddr(namesrv);
        consumer.setInstanceName("answers");
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        consumer.subscribe(topic, "*");
        consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> {
            for (MessageExt message : messages) {
                if (text(message).startsWith("silent")) {
                    continue;
                }
                try {
                    String answer = "answer to " + text(message);
                    if (text(message).startsWith("long")) {
                        answer += " x".repeat(20000);
                    }
                    SendResult sent = answers.send(MessageUtil.createReplyMessage(message, answer.getBytes(StandardCharsets.UTF_8)), 5000);
                    say("ANSWERED " + text(message) + " " + sent.getSendStatus());
                } catch (Exception error) {
                    say("NOT ANSWERED " + text(message) + " " + error);
                }
            }
            return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
        });
        consumer.start();
        DefaultMQProducer requester = new DefaultMQProducer(group);
        requester.setNamesrvAddr(namesrv);
        requester.setInstanceName("requester");
        requester.start();
        for (int n = 0; n < 20; n++) {
            Message reply = requester.request(request(topic, "request-" + n), 20000);
            say("REPLY " + text(reply));
        }
        Message big = requester.request(request(topic, "long"), 10000);
        say("LONG REPLY " + big.getBody().length);
        CountDownLatch called = new CountDownLatch(1);
        requester.request(request(topic, "asynchronous"), new RequestCallback() {
            @Override
            public void onSuccess(Message reply) {
                say("REPLY " + text(reply));
                called.countDown();
            }

            @Override
            public void onException(Throwable error) {
                say("FAILED " + error);
                called.countDown();
            }
        }, 10000);
        called.await(15, TimeUnit.SECONDS);
        try {
            requester.request(request(topic, "silent"), 1000);
            say("REPLY to silent");
        } catch (Exception error) {
            say("FAILED " + error.getClass().getSimpleName());
        }
        say("DONE");
        System.exit(0);
    }
}
