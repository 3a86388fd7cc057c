// What stock clients meet at a cluster with access control: one line per case, in one JVM.
//   Acl NAMESRV TOPIC GROUP GOOD_KEY GOOD_SECRET POOR_KEY POOR_SECRET
// The good user may publish to TOPIC and read it as GROUP; the poor one may look at its route and nothing else.
// -Drocketmq.namesrv.domain names the address service that the case "domain" asks instead of NAMESRV.
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.acl.common.AclClientRPCHook;
import org.apache.rocketmq.acl.common.SessionCredentials;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueAveragely;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.remoting.RPCHook;

public class Acl {
    /** A first TLS handshake takes a JVM on a busy machine more than the 3 s that clients wait by themselves. */
    static final int PATIENCE_MS = 60_000;

    interface Work {
        String run() throws Exception;
    }

    static void attempt(String name, Work work) {
        String result;
        try {
            result = work.run();
        } catch (MQBrokerException error) {
            result = byBroker(error);
        } catch (MQClientException error) {
            result = error.getCause() instanceof MQBrokerException ? byBroker((MQBrokerException) error.getCause()) : "refused: " + String.valueOf(error.getErrorMessage()).split("\n")[0];
        } catch (Exception error) {
            result = "failed: " + error;
        }
        System.out.println("CASE " + name + ": " + result);
    }

    static String byBroker(MQBrokerException error) {
        return "refused by the broker: " + error.getResponseCode() + " " + error.getErrorMessage();
    }

    static RPCHook hook(String key, String secret, String token) {
        if (key == null) return null;
        return new AclClientRPCHook(token == null ? new SessionCredentials(key, secret) : new SessionCredentials(key, secret, token));
    }

    static String send(String name, String namesrv, String topic, RPCHook hook, boolean tls) throws Exception {
        return send(name, namesrv, topic, hook, tls, false);
    }

    /** vip: to the port two below the broker's, as clients of 4.x may. */
    static String send(String name, String namesrv, String topic, RPCHook hook, boolean tls, boolean vip) throws Exception {
        DefaultMQProducer producer = new DefaultMQProducer("acl-producer", hook);
        producer.setInstanceName(name); // clients of one name share their connections, and their credentials
        if (namesrv != null) producer.setNamesrvAddr(namesrv);
        producer.setMqClientApiTimeout(PATIENCE_MS);
        producer.setUseTLS(tls);
        producer.setVipChannelEnabled(vip);
        producer.setRetryTimesWhenSendFailed(0);
        producer.start();
        try {
            Message message = new Message(topic, "tag", name, name.getBytes(StandardCharsets.UTF_8));
            return producer.send(message, PATIENCE_MS).getSendStatus().name();
        } finally {
            producer.shutdown();
        }
    }

    static String receive(String namesrv, String topic, String group, RPCHook hook, int count) throws Exception {
        DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(group, hook, new AllocateMessageQueueAveragely());
        consumer.setInstanceName("receive");
        consumer.setNamesrvAddr(namesrv);
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        consumer.setMqClientApiTimeout(PATIENCE_MS);
        consumer.setUseTLS(true);
        consumer.subscribe(topic, "*");
        CountDownLatch left = new CountDownLatch(count);
        consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> {
            messages.forEach(message -> left.countDown());
            return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
        });
        consumer.start();
        try {
            return left.await(PATIENCE_MS, TimeUnit.MILLISECONDS) ? "all" : left.getCount() + " are missing";
        } finally {
            consumer.shutdown();
        }
    }

    public static void main(String[] args) {
        String namesrv = args[0], topic = args[1], group = args[2];
        RPCHook good = hook(args[3], args[4], null);
        attempt("nobody", () -> send("nobody", namesrv, topic, null, false));
        attempt("wrong secret", () -> send("wrong", namesrv, topic, hook(args[3], "guessed-secret", null), false));
        attempt("may not", () -> send("poor", namesrv, topic, hook(args[5], args[6], null), false));
        attempt("may", () -> send("good", namesrv, topic, good, false));
        attempt("token", () -> send("token", namesrv, topic, hook(args[3], args[4], "sts-token"), false));
        attempt("token over tls", () -> send("token-tls", namesrv, topic, hook(args[3], args[4], "sts-token"), true));
        attempt("vip", () -> send("vip", namesrv, topic, good, false, true));
        attempt("tls", () -> send("tls", namesrv, topic, good, true));
        attempt("domain", () -> send("domain", null, topic, good, true));
        attempt("receive", () -> receive(namesrv, topic, group, good, 6));
        System.exit(0);
    }
}
