// What monitoring tools ask a cluster: every reading call of DefaultMQAdminExt that rocketmq-exporter and the stock dashboard
// make (test/golden/monitors.json), on the content of AdminContent.java. A line per call: its name, how it ended, and
// what was answered, as JSON.
//   Monitors NAMESRV BROKER MESSAGE_ID
import com.alibaba.fastjson2.JSON;
import com.alibaba.fastjson2.JSONWriter;
import java.util.Arrays;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.tools.admin.DefaultMQAdminExt;

public class Monitors {
    interface Call {
        Object run() throws Exception;
    }

    static void ask(String name, Call call) {
        String ended;
        Object result = null;
        try {
            result = call.run();
            ended = result == null ? "nothing" : "answered";
        } catch (MQBrokerException error) {
            ended = "code " + error.getResponseCode();
        } catch (MQClientException error) {
            ended = "code " + error.getResponseCode();
        } catch (Throwable error) {
            ended = error.getClass().getSimpleName();
        }
        String answer = JSON.toJSONString(result, JSONWriter.Feature.WriteNonStringKeyAsString, JSONWriter.Feature.IgnoreErrorGetter);
        System.out.println("CALL\t" + name + "\t" + ended + "\t" + answer);
    }

    public static void main(String[] args) throws Exception {
        String namesrv = args[0], broker = args[1], id = args[2];
        String topic = "AdminTopic", group = "admin-group";
        DefaultMQAdminExt admin = new DefaultMQAdminExt(10_000L);
        admin.setNamesrvAddr(namesrv);
        admin.start();
        MessageQueue queue = new MessageQueue(topic, "broker-a", 0);
        long now = System.currentTimeMillis();
        ask("getNameServerAddressList", admin::getNameServerAddressList);
        ask("examineBrokerClusterInfo", admin::examineBrokerClusterInfo);
        ask("fetchAllTopicList", admin::fetchAllTopicList);
        ask("fetchTopicsByCLuster", () -> admin.fetchTopicsByCLuster("DefaultCluster"));
        ask("examineTopicRouteInfo", () -> admin.examineTopicRouteInfo(topic));
        ask("examineTopicRouteInfo none", () -> admin.examineTopicRouteInfo("NoSuchTopic"));
        ask("examineTopicStats", () -> admin.examineTopicStats(topic));
        ask("examineTopicConfig", () -> admin.examineTopicConfig(broker, topic));
        ask("examineTopicConfig none", () -> admin.examineTopicConfig(broker, "NoSuchTopic"));
        ask("queryTopicConsumeByWho", () -> admin.queryTopicConsumeByWho(topic));
        ask("getClusterList", () -> admin.getClusterList(topic));
        ask("getTopicClusterList", () -> admin.getTopicClusterList(topic));
        ask("examineConsumeStats", () -> admin.examineConsumeStats(group));
        ask("examineConsumeStats topic", () -> admin.examineConsumeStats(group, topic));
        ask("examineConsumeStats none", () -> admin.examineConsumeStats("no-such-group"));
        ask("examineConsumerConnectionInfo", () -> admin.examineConsumerConnectionInfo(group));
        ask("examineConsumerConnectionInfo none", () -> admin.examineConsumerConnectionInfo("no-such-group"));
        ask("examineProducerConnectionInfo none", () -> admin.examineProducerConnectionInfo("no-such-group", topic));
        ask("examineSubscriptionGroupConfig", () -> admin.examineSubscriptionGroupConfig(broker, "left-group"));
        ask("getAllProducerInfo", () -> admin.getAllProducerInfo(broker));
        ask("getAllSubscriptionGroup", () -> admin.getAllSubscriptionGroup(broker, 5000));
        ask("getUserSubscriptionGroup", () -> admin.getUserSubscriptionGroup(broker, 5000));
        ask("getAllTopicConfig", () -> admin.getAllTopicConfig(broker, 5000));
        ask("getUserTopicConfig", () -> admin.getUserTopicConfig(broker, false, 5000));
        ask("fetchBrokerRuntimeStats", () -> admin.fetchBrokerRuntimeStats(broker));
        ask("fetchConsumeStatsInBroker", () -> admin.fetchConsumeStatsInBroker(broker, false, 5000));
        for (String name : Arrays.asList("TOPIC_PUT_NUMS", "TOPIC_PUT_SIZE", "BROKER_PUT_NUMS", "BROKER_GET_NUMS")) {
            String key = name.startsWith("TOPIC") ? topic : "DefaultCluster";
            ask("viewBrokerStatsData " + name, () -> admin.viewBrokerStatsData(broker, name, key));
        }
        for (String name : Arrays.asList("GROUP_GET_NUMS", "GROUP_GET_SIZE")) {
            ask("viewBrokerStatsData " + name, () -> admin.viewBrokerStatsData(broker, name, topic + "@" + group));
        }
        ask("viewBrokerStatsData none", () -> admin.viewBrokerStatsData(broker, "TOPIC_PUT_NUMS", "NoSuchTopic"));
        ask("getBrokerConfig", () -> admin.getBrokerConfig(broker));
        ask("getNameServerConfig", () -> admin.getNameServerConfig(Arrays.asList(namesrv)));
        ask("getKVConfig none", () -> admin.getKVConfig("NO_SPACE", "key"));
        ask("getKVListByNamespace none", () -> admin.getKVListByNamespace("NO_SPACE"));
        ask("getConsumeStatus", () -> admin.getConsumeStatus(topic, group, ""));
        ask("maxOffset", () -> admin.maxOffset(queue));
        ask("minOffset", () -> admin.minOffset(queue));
        ask("earliestMsgStoreTime", () -> admin.earliestMsgStoreTime(queue));
        ask("searchOffset", () -> admin.searchOffset(queue, now));
        ask("queryMessage none", () -> admin.queryMessage(topic, "no-such-key", 32, 0, now));
        ask("viewMessage", () -> admin.viewMessage(topic, id));
        ask("messageTrackDetail", () -> {
            MessageExt message = admin.viewMessage(topic, id);
            return admin.messageTrackDetail(message);
        });
        ask("queryConsumeTimeSpan", () -> admin.queryConsumeTimeSpan(topic, group));
        ask("queryConsumeQueue", () -> admin.queryConsumeQueue(broker, topic, 0, 0, 10, group));
        ask("getUser none", () -> admin.getUser(broker, "nobody"));
        ask("listUser", () -> admin.listUser(broker, ""));
        ask("getAcl none", () -> admin.getAcl(broker, "User:nobody"));
        ask("listAcl", () -> admin.listAcl(broker, "", ""));
        admin.shutdown();
        System.exit(0);
    }
}
