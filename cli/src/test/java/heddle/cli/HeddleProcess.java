package heddle.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The command line in a JVM of its own, which is started at once and begins when it is told to.
 *
 * @param process which prints what it would on one stream
 */
public record HeddleProcess(Process process) implements AutoCloseable {
    private static final String READY = "ready";
    private static final int LIMIT = 120;

    /** Waits for a line, then runs a command. */
    public static void main(String[] args) throws IOException {
        System.out.println(READY);
        if (System.in.read() == '\n') {
            Main.main(args);
        }
    }

    /** Starts one. @param options of Java, the class path among them @param environment besides this process' */
    public static HeddleProcess start(List<String> options, Map<String, String> environment, List<String> command)
            throws IOException {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(options);
        words.addAll(List.of("--add-modules", "jdk.incubator.vector", "-Xss4m", HeddleProcess.class.getName()));
        words.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().putAll(environment);
        HeddleProcess started = new HeddleProcess(builder.start());
        started.awaitReady();
        return started;
    }

    private void awaitReady() throws IOException {
        StringBuilder printed = new StringBuilder();
        while (!printed.toString().endsWith(READY + "\n")) {
            int next = process.getInputStream().read();
            if (next < 0) {
                throw new IOException("it did not start: " + printed);
            }
            printed.append((char) next);
        }
    }

    /** Has it run its command. */
    public void begin() {
        PrintWriter in = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
        in.print("\n");
        in.close();
    }

    /** What it printed, when it has ended. */
    public String output() throws IOException, InterruptedException {
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(LIMIT, TimeUnit.SECONDS)) {
            throw new IOException("it does not end: " + printed);
        }
        return printed;
    }

    /** Its exit code, when it has ended. */
    public int code() {
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
