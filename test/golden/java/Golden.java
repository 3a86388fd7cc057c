// test/golden/java/Golden.java: prints what Apache RocketMQ's own classes make of known values, as one JSON document.
// Run it with the jars of a release on the class path; test/golden/README.md says how. It opens no socket.
import com.alibaba.fastjson.JSON;
import com.alibaba.fastjson.serializer.SerializerFeature;
import java.lang.reflect.*;
import java.net.*;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.rocketmq.acl.common.AclUtils;
import org.apache.rocketmq.common.MQVersion;
import org.apache.rocketmq.common.TopicConfig;
import org.apache.rocketmq.common.UtilAll;
import org.apache.rocketmq.common.constant.PermName;
import org.apache.rocketmq.common.message.*;
import org.apache.rocketmq.common.topic.TopicValidator;
import org.apache.rocketmq.remoting.CommandCustomHeader;
import org.apache.rocketmq.remoting.annotation.CFNotNull;
import org.apache.rocketmq.remoting.protocol.*;
import org.apache.rocketmq.remoting.protocol.body.*;
import org.apache.rocketmq.remoting.protocol.filter.FilterAPI;
import org.apache.rocketmq.remoting.protocol.heartbeat.SubscriptionData;
import org.apache.rocketmq.store.MessageExtEncoder;
import org.apache.rocketmq.store.config.MessageStoreConfig;

public class Golden {
  static final String REMOTING = "org.apache.rocketmq.remoting.protocol.";

  public static void main(String[] args) throws Exception {
    // an order of map entries that does not change from run to run
    Map<String, Object> all = new TreeMap<>();
    all.put("frames", frames());
    all.put("records", records());
    all.put("ids", ids());
    all.put("batches", batches());
    all.put("properties", properties());
    all.put("hashes", hashes());
    all.put("names", names());
    all.put("subscriptions", subscriptions());
    all.put("perms", perms());
    all.put("signatures", signatures());
    all.put("doubles", doubles());
    all.put("bodies", bodies());
    all.put("headers", headers());
    all.put("registrations", registrations());
    all.put("codes", codes());
    System.out.println(JSON.toJSONString(all, SerializerFeature.PrettyFormat, SerializerFeature.MapSortField,
        SerializerFeature.BrowserCompatible, SerializerFeature.DisableCircularReferenceDetect));
  }

  static String hex(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return hex(bytes);
  }
  static String hex(byte[] bytes) {
    StringBuilder out = new StringBuilder();
    for (byte b : bytes) out.append(String.format("%02x", b));
    return out.toString();
  }
  static Map<String, Object> row(Object... pairs) {
    Map<String, Object> row = new TreeMap<>();
    for (int i = 0; i < pairs.length; i += 2) if (pairs[i + 1] != null) row.put((String) pairs[i], pairs[i + 1]);
    return row;
  }
  static String times(String text, int count) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < count; i++) out.append(text);
    return out.toString();
  }

  static Object frames() {
    List<Object> rows = new ArrayList<>();
    Object[][] given = {
      {105, 0, 7, null, new String[] {"topic", "T"}, ""},
      {105, 0, 7, "ok", new String[] {"topic", "T"}, "hi"},
      {0, 1, -5, "say \"no\" \\ \n \u0001 \u00fc \u4e2d \ud83d\ude00", new String[] {}, "body"},
      {10, 2, Integer.MAX_VALUE, null, new String[] {"properties", "KEYS\u0001a b\u0002TAGS\u0001\u00e4\u0002", "b", ""}, ""},
      {200050, 0, 1, null, new String[] {"consumerGroup", "g"}, ""},
      {317, 0, 1, null, null, ""},
    };
    for (Object[] one : given) {
      for (SerializeType type : SerializeType.values()) {
        RemotingCommand command = RemotingCommand.createRequestCommand((int) one[0], null);
        command.setFlag((int) one[1]);
        command.setOpaque((int) one[2]);
        command.setRemark((String) one[3]);
        command.setVersion(513);
        command.setLanguage(LanguageCode.GO);
        command.setSerializeTypeCurrentRPC(type);
        Map<String, String> ext = new TreeMap<>();
        String[] pairs = (String[]) one[4];
        if (pairs != null) {
          command.setExtFields(new HashMap<>());
          for (int i = 0; i < pairs.length; i += 2) {
            ext.put(pairs[i], pairs[i + 1]);
            command.getExtFields().put(pairs[i], pairs[i + 1]);
          }
        }
        byte[] body = ((String) one[5]).getBytes(StandardCharsets.UTF_8);
        if (body.length > 0) command.setBody(body);
        rows.add(row("form", type.name(), "code", one[0], "flag", one[1], "opaque", one[2], "remark", one[3],
            "ext", ext, "body", one[5], "hex", hex(command.encode())));
      }
    }
    return rows;
  }

  static Object records() throws Exception {
    List<Object> rows = new ArrayList<>();
    MessageExtEncoder encoder = new MessageExtEncoder(4194304, new MessageStoreConfig());
    InetSocketAddress four = new InetSocketAddress("10.0.0.1", 1234);
    InetSocketAddress six = new InetSocketAddress("2001:db8::ff00:42:8329", 10911);
    Object[][] given = {
      {"T", "hello", "KEYS\u0001k1 k2\u0002TAGS\u0001A\u0002", four, four, 0, 0, 0L},
      {"T", "", "", four, four, 0, 0, 0L},
      {"%RETRY%" + times("g", 130), "\u4e2d\u6587", "A\u0001b\u0002", four, four, 8, 3, 123456789012L},
      {"T6", "six", "", six, six, 0, 0, 0L},
      {"T64", "six", "", six, four, 1, 0, 0L},
      {"T46", "six", "", four, six, 0, 16, 0L},
    };
    for (Object[] one : given) {
      MessageExtBrokerInner message = new MessageExtBrokerInner();
      message.setTopic((String) one[0]);
      message.setBody(((String) one[1]).getBytes(StandardCharsets.UTF_8));
      message.setBodyCRC(UtilAll.crc32(message.getBody()));
      message.setPropertiesString((String) one[2]);
      message.setQueueId(3);
      message.setFlag(-9);
      message.setSysFlag((int) one[5]);
      message.setBornTimestamp(1700000000000L);
      message.setBornHost((InetSocketAddress) one[3]);
      message.setStoreTimestamp(1700000000001L);
      message.setStoreHost((InetSocketAddress) one[4]);
      message.setReconsumeTimes((int) one[6]);
      message.setPreparedTransactionOffset((long) one[7]);
      if (((InetSocketAddress) one[3]).getAddress() instanceof Inet6Address) message.setBornHostV6Flag();
      if (((InetSocketAddress) one[4]).getAddress() instanceof Inet6Address) message.setStoreHostAddressV6Flag();
      message.setVersion(MessageVersion.MESSAGE_VERSION_V1);
      if (message.getTopic().length() > 127) message.setVersion(MessageVersion.MESSAGE_VERSION_V2);
      Object failed = encoder.encode(message);
      if (failed != null) throw new IllegalStateException(String.valueOf(failed));
      // the fields that the commit log fills in when it gives the record its place
      ByteBuffer bytes = encoder.getEncoderBuffer();
      byte[] copy = new byte[bytes.getInt(0)];
      bytes.get(0, copy);
      ByteBuffer filled = ByteBuffer.wrap(copy);
      filled.putLong(20, 5L);
      filled.putLong(28, 4096L);
      filled.putLong(56 + (((InetSocketAddress) one[3]).getAddress() instanceof Inet6Address ? 12 : 0), 1700000000001L);
      MessageExt read = MessageDecoder.decode(ByteBuffer.wrap(copy), true, false);
      rows.add(row("topic", one[0], "body", one[1], "properties", one[2], "bornHost", host((InetSocketAddress) one[3]),
          "storeHost", host((InetSocketAddress) one[4]), "sysFlag", one[5], "reconsumeTimes", one[6],
          "preparedTransactionOffset", one[7], "hex", hex(copy), "msgId", ((MessageExt) read).getMsgId(),
          "bodyCrc", read.getBodyCRC(), "storedSysFlag", read.getSysFlag()));
    }
    return rows;
  }
  static String host(InetSocketAddress address) {
    String ip = address.getAddress().getHostAddress();
    return address.getAddress() instanceof Inet6Address ? "[" + ip + "]:" + address.getPort() : ip + ":" + address.getPort();
  }

  static Object ids() throws Exception {
    List<Object> rows = new ArrayList<>();
    Object[][] given = {
      {"10.0.0.2", 10911, 4096L}, {"127.0.0.1", 65535, 0L}, {"::1", 10911, 1L << 40}, {"2001:db8::1", 1, Long.MAX_VALUE},
    };
    for (Object[] one : given) {
      InetSocketAddress address = new InetSocketAddress((String) one[0], (int) one[1]);
      String id = MessageDecoder.createMessageId(address, (long) one[2]);
      MessageId back = MessageDecoder.decodeMessageId(id);
      rows.add(row("kind", "offset", "ip", one[0], "port", one[1], "offset", String.valueOf(back.getOffset()), "id", id));
    }
    for (int i = 0; i < 3; i++) {
      String id = MessageClientIDSetter.createUniqID();
      rows.add(row("kind", "unique", "id", id, "ip", MessageClientIDSetter.getIPStrFromID(id),
          "pid", MessageClientIDSetter.getPidFromID(id), "nowMs", System.currentTimeMillis(),
          "timeMs", MessageClientIDSetter.getNearlyTimeFromID(id).getTime(),
          "offsetMinutes", TimeZone.getDefault().getOffset(System.currentTimeMillis()) / 60000));
    }
    return rows;
  }

  static Object batches() {
    Message first = new Message("T", "b1".getBytes());
    first.setTags("A");
    first.setWaitStoreMsgOK(true);
    Message second = new Message("T", new byte[0]);
    second.setFlag(-2);
    second.putUserProperty("k", "v \u00fc");
    List<Object> rows = new ArrayList<>();
    for (Message one : List.of(first, second)) {
      rows.add(row("flag", one.getFlag(), "body", new String(one.getBody(), StandardCharsets.UTF_8),
          "properties", MessageDecoder.messageProperties2String(one.getProperties())));
    }
    return List.of(row("entries", rows, "hex", hex(MessageDecoder.encodeMessages(List.of(first, second)))));
  }

  static Object properties() {
    List<Object> rows = new ArrayList<>();
    String[] given = {
      "", "a\u0001b\u0002", "a\u0001b", "a\u0001b\u0002c\u0001d", "a\u0001\u0002c\u0001d\u0002", "\u0001b\u0002c\u0001d\u0002",
      "a\u0001b\u0002a\u0001c\u0002", "ab\u0002c\u0001d\u0002", "a\u0001b\u0001c\u0002", "\u0002\u0002a\u0001b\u0002\u0002",
      "K\u0001\u4e2d\u6587 \ud83d\ude00\u0002", "a\u0001b\u0002a\u0001\u0002", "aa\u0001", "abc\u0002x\u0001y\u0002",
      "KEYS\u0001k\u0002XKEYS\u0001l\u0002KEYS2\u0001m\u0002",
    };
    for (String one : given) rows.add(row("text", one, "parsed", new TreeMap<>(MessageDecoder.string2messageProperties(one))));
    Map<String, String> single = new HashMap<>();
    single.put("k", "v");
    rows.add(row("text", MessageDecoder.messageProperties2String(single), "parsed", single));
    return rows;
  }

  static Object hashes() {
    List<Object> rows = new ArrayList<>();
    for (String one : new String[] {"", "A", "TagA", "polygenelubricants", "\u4e2d\u6587", "\ud83d\ude00", "*", "a b", times("x", 200)}) {
      int hash = one.hashCode();
      rows.add(row("text", one, "hash", hash, "tagsCode", MessageExtBrokerInner.tagsString2tagsCode(null, one),
          "crc32", UtilAll.crc32(one.getBytes(StandardCharsets.UTF_8)), "indexHash", indexHash("T#" + one)));
    }
    rows.add(row("indexKey", "polygenelubricants", "indexHash", indexHash("polygenelubricants")));
    return rows;
  }
  static int indexHash(String key) {
    try {
      Object file = bare(Class.forName("org.apache.rocketmq.store.index.IndexFile")); // the method uses nothing of it
      return (int) file.getClass().getMethod("indexKeyHashMethod", String.class).invoke(file, key);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
  static Object made(Class<?> type) throws ReflectiveOperationException {
    try {
      Constructor<?> made = type.getDeclaredConstructor();
      made.setAccessible(true);
      return made.newInstance();
    } catch (NoSuchMethodException e) {
      return bare(type);
    }
  }
  /** An object whose constructor did not run. */
  static Object bare(Class<?> type) throws ReflectiveOperationException {
    Field theUnsafe = Class.forName("sun.misc.Unsafe").getDeclaredField("theUnsafe");
    theUnsafe.setAccessible(true);
    Object unsafe = theUnsafe.get(null);
    return unsafe.getClass().getMethod("allocateInstance", Class.class).invoke(unsafe, type);
  }

  static Object names() {
    List<Object> rows = new ArrayList<>();
    String[] given = {
      "T", "", " ", "a b", "../x", "a.b", "%RETRY%g", "%DLQ%g", "a|b%c_d-e", "\u4e2d", "a\u0001b", times("t", 120),
      times("t", 121), times("t", 127), times("t", 128), times("t", 300), "%RETRY%" + times("g", 248), "%RETRY%" + times("g", 249),
      "%DLQ%" + times("g", 251), "TBW102", "rmq_sys_x", "SCHEDULE_TOPIC_XXXX", "RMQ_SYS_TRACE_TOPIC", "CHECKPOINT_TOPIC",
      "RMQ_SYS_ROCKSDB_TRANS_HALF_TOPIC", "RMQ_SYS_ROCKSDB_TRANS_OP_HALF_TOPIC", "TRANS_CHECK_MAX_TIME_TOPIC",
      "SELF_TEST_TOPIC", "OFFSET_MOVED_EVENT", "BenchmarkTest", "RMQ_SYS_TRANS_HALF_TOPIC", "RMQ_SYS_TRANS_OP_HALF_TOPIC",
    };
    for (String one : given) {
      rows.add(row("name", one, "topic", TopicValidator.validateTopic(one).getRemark(),
          "group", TopicValidator.validateGroup(one).getRemark(), "system", TopicValidator.isSystemTopic(one),
          "forbidden", TopicValidator.isNotAllowedSendTopic(one)));
    }
    return rows;
  }

  static Object subscriptions() {
    List<Object> rows = new ArrayList<>();
    String[][] given = {
      {null, "TAG"}, {"", "TAG"}, {"*", "TAG"}, {"A", "TAG"}, {"A || B", "TAG"}, {"A||B||A", "TAG"}, {" A  ||  || C ", null},
      {"||", "TAG"}, {"A | B", "TAG"}, {"a > 1", "SQL92"}, {"Aa || BB", "TAG"},
    };
    for (String[] one : given) {
      Map<String, Object> row = row("expression", one[0], "type", one[1]);
      try {
        SubscriptionData data = FilterAPI.build("T", one[0], one[1]);
        row.put("subString", data.getSubString());
        row.put("tagsSet", new TreeSet<>(data.getTagsSet()));
        row.put("codeSet", new TreeSet<>(data.getCodeSet()));
        row.put("expressionType", data.getExpressionType());
      } catch (Exception e) {
        row.put("error", e.getMessage());
      }
      rows.add(row);
    }
    return rows;
  }

  static Object perms() {
    List<Object> rows = new ArrayList<>();
    for (int perm = 0; perm < 16; perm++) {
      rows.add(row("perm", perm, "text", PermName.perm2String(perm), "valid", PermName.isValid(perm),
          "accessible", PermName.isAccessible(perm)));
    }
    return rows;
  }

  static Object signatures() {
    List<Object> rows = new ArrayList<>();
    String[][] given = {{"topic", "T"}, {"b", "2", "a", "1", "B", "3", "AB", "\u4e2d"}, {}};
    for (String[] pairs : given) {
      for (String body : new String[] {null, "body"}) {
        RemotingCommand request = RemotingCommand.createRequestCommand(10, null);
        if (body != null) request.setBody(body.getBytes(StandardCharsets.UTF_8));
        TreeMap<String, String> fields = new TreeMap<>();
        for (int i = 0; i < pairs.length; i += 2) fields.put(pairs[i], pairs[i + 1]);
        fields.put("AccessKey", "ak");
        byte[] content = AclUtils.combineRequestContent(request, fields);
        rows.add(row("ext", fields, "body", body, "secret", "sk123456", "signature", AclUtils.calSignature(content, "sk123456")));
      }
    }
    return rows;
  }

  static Object doubles() {
    List<Object> rows = new ArrayList<>();
    for (double one : new double[] {0, -0.0, 1, 1.5, 0.1, 1e7, 9999999, 12345678.9, 1e-3, 9.99e-4, 1e10, 1e21, 123456.789, 0.1 + 0.2,
        1.0 / 3, -2.5, 100, 1e100, 5e-324, Double.MAX_VALUE}) {
      rows.add(row("bits", String.format("%016x", Double.doubleToRawLongBits(one)), "text", JSON.toJSONString(Map.of("d", one))));
    }
    return rows;
  }

  // ---- bodies: each class once as its constructor leaves it, once with every field set ----
  static final String[] BODIES = {
    "DataVersion", "body.RegisterBrokerBody", "body.TopicConfigAndMappingSerializeWrapper",
    "route.TopicRouteData", "body.ClusterInfo", "body.GetBrokerMemberGroupResponseBody", "body.KVTable", "body.TopicList",
    "heartbeat.HeartbeatData", "body.CheckClientRequestBody", "body.LockBatchRequestBody", "body.UnlockBatchRequestBody",
    "body.LockBatchResponseBody", "header.GetConsumerListByGroupResponseBody", "body.ConsumerOffsetSerializeWrapper",
    "subscription.SubscriptionGroupConfig", "body.SubscriptionGroupWrapper", "body.CreateTopicListRequestBody",
    "body.SubscriptionGroupList", "admin.TopicStatsTable", "admin.ConsumeStats", "body.ConsumeStatsList", "body.ResetOffsetBody",
    "body.ResetOffsetBodyForC", "body.GetConsumerStatusBody", "body.ConsumerConnection", "body.ProducerConnection",
    "body.ProducerTableInfo", "body.GroupList", "body.QuerySubscriptionResponseBody", "body.QueryConsumeTimeSpanBody",
    "body.QueryCorrectionOffsetBody", "body.QueryConsumeQueueResponseBody", "body.BrokerStatsData", "subscription.GroupForbidden",
    "body.ConsumeMessageDirectlyResult", "body.ConsumerRunningInfo", "body.HARuntimeInfo", "body.QueryAssignmentRequestBody",
    "body.QueryAssignmentResponseBody",
  };

  static Object bodies() throws Exception {
    Map<String, Object> rows = new TreeMap<>();
    for (String name : BODIES) {
      Class<?> type = Class.forName(REMOTING + name);
      rows.put(type.getSimpleName(), row("empty", text(made(type)), "full", text(filled(type, 0))));
    }
    rows.put("TopicConfig", row("empty", text(new TopicConfig()), "full", text(filled(TopicConfig.class, 0))));
    return rows;
  }
  static String text(Object body) {
    return RemotingSerializable.toJson(body, false);
  }

  static Object filled(Class<?> type, int depth) throws Exception {
    Object out = made(type);
    for (Class<?> at = type; at != Object.class && at != null; at = at.getSuperclass()) {
      for (Field field : at.getDeclaredFields()) {
        if (Modifier.isStatic(field.getModifiers())) continue;
        field.setAccessible(true);
        Object value = value(field.getName(), field.getGenericType(), depth + 1);
        if (value != null) field.set(out, value);
      }
    }
    return out;
  }
  static Object value(String name, Type type, int depth) throws Exception {
    if (depth > 8) return null;
    if (type instanceof ParameterizedType) {
      ParameterizedType given = (ParameterizedType) type;
      Class<?> raw = (Class<?>) given.getRawType();
      Type[] of = given.getActualTypeArguments();
      if (Collection.class.isAssignableFrom(raw)) {
        Collection<Object> out = raw == TreeSet.class ? new TreeSet<>() : Set.class.isAssignableFrom(raw) ? new HashSet<>() : raw == LinkedList.class ? new LinkedList<>() : new ArrayList<>();
        out.add(value(name, of[0], depth + 1));
        return out;
      }
      if (Map.class.isAssignableFrom(raw)) {
        Map<Object, Object> out =
            ConcurrentMap.class.isAssignableFrom(raw) ? new ConcurrentHashMap<>() : raw == TreeMap.class ? new TreeMap<>() : new HashMap<>();
        out.put(value("key", of[0], depth + 1), value(name, of[1], depth + 1));
        return out;
      }
      throw new IllegalStateException(name + ": " + type);
    }
    Class<?> plain = (Class<?>) type;
    if (plain == String.class) return name;
    if (plain == int.class || plain == Integer.class) return 7;
    if (plain == long.class || plain == Long.class) return 1234567890123L;
    if (plain == boolean.class || plain == Boolean.class) return true;
    if (plain == double.class || plain == Double.class) return 1.5;
    if (plain == byte.class) return (byte) 1;
    if (plain == AtomicLong.class) return new AtomicLong(12);
    if (plain == long[].class) return new long[] {1, 2};
    if (plain == Properties.class) {
      Properties out = new Properties();
      out.setProperty("key", name);
      return out;
    }
    if (plain.isEnum()) return plain.getEnumConstants()[0];
    if (plain.isInterface() || Modifier.isAbstract(plain.getModifiers()) || !plain.getName().startsWith("org.apache.rocketmq")) return null;
    return filled(plain, depth);
  }

  // ---- headers: what each class declares ----
  static Object headers() throws Exception {
    Map<String, Object> rows = new TreeMap<>();
    for (String name : System.getProperty("headers", "").split(",")) {
      if (name.isEmpty()) continue;
      Class<?> type = Class.forName(name);
      if (!CommandCustomHeader.class.isAssignableFrom(type)) continue;
      List<Object> fields = new ArrayList<>();
      for (Class<?> at = type; at != Object.class && at != null; at = at.getSuperclass()) {
        if (at != type && at.getPackageName().endsWith(".rpc")) break; // ns, nsd, bname, oway, lo: on any request
        for (Field field : at.getDeclaredFields()) {
          if (Modifier.isStatic(field.getModifiers()) || field.isSynthetic()) continue;
          fields.add(row("name", field.getName(), "type", field.getType().getSimpleName(),
              "notNull", field.isAnnotationPresent(CFNotNull.class)));
        }
      }
      rows.put(type.getSimpleName(), fields);
    }
    return rows;
  }

  static Object codes() throws Exception {
    Map<String, Object> languages = new TreeMap<>();
    for (LanguageCode one : LanguageCode.values()) languages.put(one.name(), one.getCode() & 0xff);
    return row("requests", constants(RequestCode.class), "responses", constants(ResponseCode.class), "languages", languages,
        "versionOrdinal", MQVersion.CURRENT_VERSION, "versionName", MQVersion.getVersionDesc(MQVersion.CURRENT_VERSION),
        "properties", new TreeSet<>(MessageConst.STRING_HASH_SET));
  }
  static Map<String, Object> constants(Class<?> type) throws IllegalAccessException {
    Map<String, Object> out = new TreeMap<>();
    for (Field field : type.getFields()) {
      if (Modifier.isStatic(field.getModifiers()) && field.getType() == int.class) out.put(field.getName(), field.getInt(null));
    }
    return out;
  }

  static Object registrations() throws Exception {
    RegisterBrokerBody body = new RegisterBrokerBody();
    body.setFilterServerList(new ArrayList<>(List.of("127.0.0.1:1")));
    TopicConfigAndMappingSerializeWrapper wrapper = new TopicConfigAndMappingSerializeWrapper();
    wrapper.getDataVersion().setCounter(new AtomicLong(3));
    wrapper.getDataVersion().setStateVersion(1);
    wrapper.getDataVersion().setTimestamp(1700000000000L);
    TopicConfig plain = new TopicConfig("T", 4, 8, 6);
    TopicConfig special = new TopicConfig("%RETRY%g", 1, 1, 7);
    special.getAttributes().put("message.type", "FIFO");
    wrapper.getTopicConfigTable().put("T", plain);
    wrapper.getTopicConfigTable().put("%RETRY%g", special);
    body.setTopicConfigSerializeWrapper(wrapper);
    return List.of(row("compressed", hex(body.encode(true)), "plain", new String(body.encode(false), StandardCharsets.UTF_8)));
  }
}
