// What one message costs the SQL92 filter of Apache: as its broker does it, the properties are taken out of the stored record
// and the compiled expression is evaluated over them. Prints CPU nanoseconds a message, one line a round.
//   FilterCost EXPRESSION RECORDS_FILE     (writes the records it used, one behind the other, for who compares)
import java.io.FileOutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.rocketmq.broker.filter.MessageEvaluationContext;
import org.apache.rocketmq.common.message.MessageAccessor;
import org.apache.rocketmq.common.message.MessageDecoder;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.filter.expression.Expression;
import org.apache.rocketmq.filter.parser.SelectorParser;

public class FilterCost {
    public static void main(String[] args) throws Exception {
        List<ByteBuffer> records = new ArrayList<>();
        for (int i = 0; i < 1000; i++) records.add(ByteBuffer.wrap(MessageDecoder.encode(message(i), false)));
        try (FileOutputStream out = new FileOutputStream(args[1])) {
            for (ByteBuffer record : records) out.write(record.array());
        }
        Expression expression = SelectorParser.parse(args[0]);
        for (int round = 0; round < 6; round++) {
            long from = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            long hits = 0;
            for (int times = 0; times < 500; times++) {
                for (ByteBuffer record : records) {
                    record.position(0);
                    Object passes = expression.evaluate(new MessageEvaluationContext(MessageDecoder.decodeProperties(record)));
                    if (Boolean.TRUE.equals(passes)) hits++;
                }
            }
            long spent = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - from;
            System.out.println("apache " + spent / 500_000 + " ns a message, " + hits + " of 500000 pass");
        }
    }

    private static MessageExt message(int i) {
        MessageExt message = new MessageExt();
        message.setTopic("Orders");
        message.setBody(new byte[100]);
        message.setBornHost(new InetSocketAddress("127.0.0.1", 1));
        message.setStoreHost(new InetSocketAddress("127.0.0.1", 1));
        message.putUserProperty("region", i % 3 == 0 ? "eu" : "us");
        message.putUserProperty("price", String.valueOf(i % 200));
        message.putUserProperty("vip", String.valueOf(i % 5 == 0));
        message.setTags("TagA");
        message.setKeys("order-" + i);
        message.setWaitStoreMsgOK(true);
        MessageAccessor.putProperty(message, "UNIQ_KEY", String.format("7F0000010A5C18B4AAC2%012X", i));
        MessageAccessor.putProperty(message, "MSG_REGION", "DefaultRegion");
        MessageAccessor.putProperty(message, "TRACE_ON", "true");
        MessageAccessor.putProperty(message, "CLUSTER", "DefaultCluster");
        return message;
    }
}
