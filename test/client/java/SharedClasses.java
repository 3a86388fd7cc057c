// Loads what stock clients, tools and servers load at their start, and ends: test/support/java.ts keeps the classes of this
// JVM in an archive, for the JVMs of the tests. It speaks to nobody.
import java.io.File;
import java.io.IOException;
import java.util.Collections;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.Message;

public class SharedClasses {
    /** Of these packages every class, of others those that they pull in. */
    static final String[] PACKAGES = {
        "org/apache/rocketmq/client/", "org/apache/rocketmq/remoting/", "org/apache/rocketmq/common/",
        "org/apache/rocketmq/acl/", "org/apache/rocketmq/auth/", "org/apache/rocketmq/srvutil/", "org/apache/rocketmq/tools/",
        "org/apache/rocketmq/broker/", "org/apache/rocketmq/store/", "org/apache/rocketmq/namesrv/", "org/apache/rocketmq/filter/",
        "io/netty/bootstrap/", "io/netty/buffer/", "io/netty/channel/", "io/netty/util/", "io/netty/handler/timeout/",
        "com/alibaba/fastjson2/",
    };

    public static void main(String[] args) {
        try {
            startClients();
        } catch (Throwable nobodyThere) {
            // as it should be: what a start needs was loaded
        }
        for (String path : System.getProperty("java.class.path").split(File.pathSeparator)) {
            try (JarFile jar = new JarFile(path)) {
                for (JarEntry entry : Collections.list(jar.entries())) load(entry.getName());
            } catch (IOException noJar) {
                // nothing to load from it
            }
        }
        System.exit(0);
    }

    static void startClients() throws Exception {
        DefaultMQPushConsumer consumer = new DefaultMQPushConsumer("shared-classes");
        consumer.setNamesrvAddr("127.0.0.1:1"); // where nobody listens
        consumer.subscribe("SharedClasses", "*");
        consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> ConsumeConcurrentlyStatus.CONSUME_SUCCESS);
        DefaultMQProducer producer = new DefaultMQProducer("shared-classes");
        producer.setNamesrvAddr("127.0.0.1:1");
        producer.start();
        try {
            producer.send(new Message("SharedClasses", new byte[1]), 100);
        } catch (Exception nobodyThere) {
            // as it should be
        }
        consumer.start();
    }

    static void load(String name) {
        if (!name.endsWith(".class")) return;
        for (String wanted : PACKAGES) {
            if (!name.startsWith(wanted)) continue;
            try {
                Class.forName(name.substring(0, name.length() - 6).replace('/', '.'), false, SharedClasses.class.getClassLoader());
            } catch (Throwable needsMore) {
                // it is for something that is not among the jars
            }
        }
    }
}
