// Runs many mqadmin command lines in one JVM, each as the stock tool's own main would, and keeps what each printed.
//   MqAdminBatch LINES_FILE OUT_FOLDER
// A line `@credentials KEY SECRET` (or without both) writes conf/tools.yml of the tool's home, from which each command signs.
// A line: NAME, then the arguments, separated by tabs. OUT_FOLDER/NAME.txt: standard output and error, in order.
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Permission;
import java.util.Arrays;
import java.util.Collection;
import org.apache.rocketmq.tools.command.MQAdminStartup;

public class MqAdminBatch {
    private static final long TIMEOUT_MS = 40_000;
    private static final int TRIES = 3;

    /** Commands end the JVM on a wrong argument: here that ends the command. */
    private static final class Ended extends SecurityException {
        Ended(int code) {
            super("exit " + code);
        }
    }

    @SuppressWarnings("removal")
    public static void main(String[] args) throws Exception {
        boolean[] finished = {false};
        System.setSecurityManager(new SecurityManager() {
            @Override public void checkExit(int code) {
                if (!finished[0]) throw new Ended(code);
            }
            @Override public void checkPermission(Permission permission) { }
            @Override public void checkPermission(Permission permission, Object context) { }
        });
        for (String line : Files.readAllLines(Path.of(args[0]))) {
            if (line.isBlank()) continue;
            String[] words = line.split("\t", -1);
            if (words[0].equals("@credentials")) {
                signAs(words.length > 2 ? words[1] : null, words.length > 2 ? words[2] : null);
                continue;
            }
            long began = System.currentTimeMillis();
            String[] command = Arrays.copyOfRange(words, 1, words.length);
            byte[] printed = printed(command);
            for (int tries = 1; tries < TRIES && ranOutOfTime(printed); tries++) printed = printed(command);
            Files.write(Path.of(args[1], words[0] + ".txt"), printed);
            System.out.println(words[0] + " took " + (System.currentTimeMillis() - began) + " ms");
        }
        finished[0] = true;
        System.exit(0);
    }

    /** What a command prints on standard output and error, in order. */
    static byte[] printed(String[] command) throws Exception {
        PrintStream console = System.out;
        PrintStream errors = System.err;
        ByteArrayOutputStream held = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(held, true, StandardCharsets.UTF_8);
        System.setOut(out);
        System.setErr(out);
        long began = System.currentTimeMillis();
        Thread thread = new Thread(() -> run(command, out), "mqadmin");
        thread.setDaemon(true);
        thread.start();
        while (thread.isAlive() && System.currentTimeMillis() < began + TIMEOUT_MS) {
            thread.join(20);
            wakeWhoIsWaitedFor(thread);
        }
        boolean isEndless = thread.isAlive();
        if (isEndless) out.println("[no end after " + TIMEOUT_MS + " ms]");
        byte[] printed = held.toByteArray();
        if (isEndless) {
            thread.interrupt();
            thread.join(10_000); // what it says of that is not the next command's
        }
        System.setOut(console);
        System.setErr(errors);
        return printed;
    }

    /** A client that is shut down joins a thread of its own which looks up every 3 s: with 90 commands that is minutes. */
    private static void wakeWhoIsWaitedFor(Thread command) {
        boolean isEnding = Arrays.stream(command.getStackTrace())
            .anyMatch(frame -> frame.getClassName().endsWith(".ServiceThread") && frame.getMethodName().equals("shutdown"));
        if (!isEnding) return;
        for (Thread thread : Thread.getAllStackTraces().keySet())
            if (thread.getName().equals("NettyEventExecutor")) thread.interrupt();
    }

    /** The tool allows some answers 2 s only, which a busy machine does not always keep, and says so in a stack trace. */
    private static boolean ranOutOfTime(byte[] printed) {
        return new String(printed, StandardCharsets.UTF_8).contains("RemotingTimeoutException");
    }

    private static void signAs(String accessKey, String secretKey) throws Exception {
        Path file = Path.of(System.getProperty("rocketmq.home.dir"), "conf", "tools.yml");
        Files.createDirectories(file.getParent());
        if (accessKey == null) Files.deleteIfExists(file);
        else Files.writeString(file, "accessKey: " + accessKey + "\nsecretKey: " + secretKey + "\n");
    }

    /** Commands keep their clients in fields: as in a process of its own, each line gets a command of its own. */
    private static void forgetCommands() throws ReflectiveOperationException {
        for (Field field : MQAdminStartup.class.getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers()) || !Collection.class.isAssignableFrom(field.getType())) continue;
            field.setAccessible(true);
            ((Collection<?>) field.get(null)).clear();
        }
    }

    private static void run(String[] command, PrintStream out) {
        try {
            forgetCommands();
            MQAdminStartup.main0(command, null);
        } catch (Ended end) {
            out.println("[" + end.getMessage() + "]");
        } catch (Throwable error) {
            out.println("[" + error + "]");
        }
    }
}
