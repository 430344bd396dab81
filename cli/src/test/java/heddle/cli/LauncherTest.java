package heddle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code heddle}, in a checkout of its own that was built with these classes. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    private static final String MODEL = "dim N\ninput x: f32[N]\noutput y = exp(x)\n";
    private static final int LIMIT = 60;

    @TempDir
    Path dir;

    private Path home;
    private Path launcher;

    @BeforeEach
    void makeCheckout() throws IOException {
        home = Files.createDirectory(dir.toRealPath().resolve("check out"));
        launcher = Files.createDirectories(home.resolve("cli/target/launcher"));
        Files.copy(Path.of("..", "heddle"), home.resolve("heddle"));
        Files.createFile(home.resolve("pom.xml"));
        Files.createDirectories(home.resolve("lib"));
        for (String module : new String[] {"dsl", "compiler", "runtime", "integrations/maven", "cli"}) {
            Files.createDirectories(home.resolve(module).resolve("src/main"));
            Files.createFile(home.resolve(module).resolve("pom.xml"));
        }
        Files.createFile(home.resolve("cli/target/heddle-cli-0.jar"));
        Files.writeString(launcher.resolve("classpath"), System.getProperty("java.class.path"));
        built();
        Files.writeString(dir.resolve("m.heddle"), MODEL);
    }

    private void built() throws IOException {
        Path stamp = Files.writeString(launcher.resolve("home"), home + "\n");
        Files.setLastModifiedTime(stamp, FileTime.from(Instant.now().plusSeconds(60)));
    }

    /** What a run printed, on both streams, and what it ended with. */
    private record Ended(int code, String out) {}

    /** Starts a shell script, in which {@code $HEDDLE} is the launcher. Its text reaches the shell as UTF-8. */
    private Process start(Map<String, String> environment, String script) throws IOException {
        Path file = Files.writeString(dir.resolve("script.sh"), script);
        ProcessBuilder builder = new ProcessBuilder("sh", file.toString())
                .directory(dir.toFile())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("out.txt").toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("HEDDLE", home.resolve("heddle").toString());
        builder.environment().put("HEDDLE_CACHE", dir.resolve("cache").toString());
        builder.environment().remove("HEDDLE_JAVA_OPTS");
        builder.environment().remove("HEDDLE_CLASSPATH");
        builder.environment().putAll(environment);
        return builder.start();
    }

    private Ended run(Map<String, String> environment, String script) throws Exception {
        return end(start(environment, script));
    }

    private Ended end(Process process) throws Exception {
        try {
            assertTrue(process.waitFor(LIMIT, TimeUnit.SECONDS), "it does not end: " + printed());
            return new Ended(process.exitValue(), printed());
        } finally {
            process.destroyForcibly();
        }
    }

    private String printed() throws IOException {
        return Files.readString(dir.resolve("out.txt"), StandardCharsets.UTF_8);
    }

    private void await(Path file, String text) throws Exception {
        for (int i = 0; i < LIMIT * 20; i++) {
            if (Files.exists(file) && Files.readString(file).contains(text)) {
                return;
            }
            Thread.sleep(50);
        }
        throw new AssertionError("no " + text + " in " + file + "; " + printed());
    }

    private static void script(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void givesTheExitCodeAndWhatIsPrinted() throws Exception {
        Ended right = run(Map.of(), "sh \"$HEDDLE\" check m.heddle");
        assertEquals(0, right.code(), right.out());
        Ended wrong = run(Map.of(), "sh \"$HEDDLE\" chekc m.heddle");
        assertEquals(2, wrong.code(), wrong.out());
        assertTrue(wrong.out().contains("did you mean check?"), wrong.out());
        assertFalse(wrong.out().contains("incubator"), wrong.out());
    }

    @Test
    void standardInputReachesTheCommand() throws Exception {
        Ended formatted = run(Map.of(), "printf 'input   x: f32[3]\\noutput y = x\\n' | sh \"$HEDDLE\" fmt -");
        assertEquals("input x: f32[3]\noutput y = x\n", formatted.out());
        assertEquals(0, run(Map.of(), "sh \"$HEDDLE\" check m.heddle <&-").code());
    }

    @Test
    void needsNoHome() throws Exception {
        Ended ended = run(Map.of(), "unset HOME\nsh \"$HEDDLE\" check m.heddle");
        assertEquals(0, ended.code(), ended.out());
    }

    @Test
    void furtherJarsAreOnTheClassPath() throws Exception {
        Path jars = Files.createDirectory(dir.resolve("more jars"));
        Files.writeString(launcher.resolve("classpath"), jars + "/none.jar");
        Ended without = run(Map.of(), "sh \"$HEDDLE\" check m.heddle");
        assertEquals(1, without.code(), without.out());
        Ended with =
                run(Map.of("HEDDLE_CLASSPATH", System.getProperty("java.class.path")), "sh \"$HEDDLE\" check m.heddle");
        assertEquals(0, with.code(), with.out());
    }

    /** Java takes one collector, and ends when two are named. */
    @Test
    void theCollectorIsTheOneThatIsAskedFor() throws Exception {
        String serial = "Using Serial";
        String threads = "-Xlog:gc -XX:+UseTransparentHugePages -XX:ParallelGCThreads=2";
        Ended usual = run(Map.of("HEDDLE_JAVA_OPTS", threads), "sh \"$HEDDLE\" check m.heddle");
        assertEquals(0, usual.code(), usual.out());
        assertTrue(usual.out().contains(serial), usual.out());
        String other = "-Xlog:gc -XX:+UseParallelGC";
        Ended asked = run(Map.of("HEDDLE_JAVA_OPTS", other), "sh \"$HEDDLE\" check m.heddle");
        assertEquals(0, asked.code(), asked.out());
        assertTrue(asked.out().contains("Using Parallel"), asked.out());
        for (String variable : new String[] {"JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"}) {
            Ended java = run(Map.of(variable, other), "sh \"$HEDDLE\" check m.heddle");
            assertEquals(0, java.code(), java.out());
            assertTrue(java.out().contains("Picked up " + variable), java.out());
            assertFalse(java.out().contains("incubator"), java.out());
        }
        String large = "-Xlog:gc -XX:+AlwaysActAsServerClassMachine";
        Ended embed = run(Map.of("HEDDLE_JAVA_OPTS", large), "sh \"$HEDDLE\" embed --help");
        assertEquals(0, embed.code(), embed.out());
        assertTrue(embed.out().contains("Using G1"), embed.out());
    }

    /** Java decodes arguments and names of files as the locale says. */
    @Test
    void namesMayHaveAnyLetters() throws Exception {
        for (String locale : new String[] {"C", "POSIX", "xx_YY.ISO-8859-1"}) {
            String script = "cp m.heddle été.heddle\nsh \"$HEDDLE\" check été.heddle && sh \"$HEDDLE\" check 模型.heddle";
            Ended ended = run(Map.of("LC_ALL", locale), script);
            assertEquals(1, ended.code(), ended.out());
            assertTrue(ended.out().contains("été.heddle") && !ended.out().contains("??"), ended.out());
            assertTrue(ended.out().contains("模型.heddle"), ended.out());
        }
    }

    @Test
    void aPipeThatNobodyReadsEndsACommandQuietly() throws Exception {
        Ended ended = run(Map.of(), "{ sh \"$HEDDLE\" compile m.heddle --emit java; echo $? >code; } | true");
        assertEquals("", ended.out());
        assertEquals("141\n", Files.readString(dir.resolve("code")));
    }

    @Test
    void aSignalEndsJavaToo() throws Exception {
        Path jdk = dir.resolve("jdk");
        Path log = dir.resolve("log");
        script(jdk.resolve("bin/javac"), "");
        script(
                jdk.resolve("bin/java"),
                "trap 'echo ended >>" + log + "; exit 143' TERM\necho started >" + log
                        + "\nwhile :; do sleep 0.1; done\n");
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
        Process process = start(Map.of("JAVA_HOME", jdk.toString()), "exec sh \"$HEDDLE\" check m.heddle");
        await(log, "started");
        process.destroy();
        assertEquals(143, end(process).code());
        assertEquals("started\nended\n", Files.readString(log));
    }

    /** A build that is only a script, for launchers that find nothing built. */
    private Map<String, String> withMaven(String script) throws IOException {
        Files.delete(launcher.resolve("home"));
        Path bin = dir.resolve("bin");
        script(bin.resolve("mvn"), script + "\n: >'" + home + "/cli/target/heddle-cli-0.jar'\n");
        return Map.of("PATH", bin + ":" + System.getenv("PATH"));
    }

    @Test
    void buildsWhatIsNotBuiltAndFreesItsLock() throws Exception {
        Ended ended = run(withMaven(""), "sh \"$HEDDLE\" check m.heddle");
        assertEquals(0, ended.code(), ended.out());
        assertTrue(ended.out().contains("heddle: building"), ended.out());
        assertFalse(Files.exists(launcher.resolve("lock")));
    }

    @Test
    void aSignalEndsABuildAndFreesItsLock() throws Exception {
        Path log = dir.resolve("log");
        Map<String, String> slow = withMaven("trap 'echo ended >>" + log + "; exit 143' TERM\necho started >" + log
                + "\nwhile :; do sleep 0.1; done\n");
        Process process = start(slow, "exec sh \"$HEDDLE\" check m.heddle");
        await(log, "started");
        process.destroy();
        assertEquals(143, end(process).code());
        assertEquals("started\nended\n", Files.readString(log));
        assertFalse(Files.exists(launcher.resolve("lock")));
    }

    @Test
    void takesALockOverWhoseOwnerIsGone() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        Map<String, String> maven = withMaven("");
        Files.createDirectory(launcher.resolve("lock"));
        String script = "echo \"" + gone.pid() + " $(uname -n)\" >'" + launcher + "/lock/owner'\n"
                + "sh \"$HEDDLE\" check m.heddle";
        Ended ended = run(maven, script);
        assertEquals(0, ended.code(), ended.out());
        assertFalse(ended.out().contains("waiting"), ended.out());
    }

    /** Waiters that saw the owner die at the same moment; a build that finds another one going on says so. */
    @Test
    void oneOfSeveralWaitersTakesALockOver() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        Path log = dir.resolve("builds");
        Path busy = dir.resolve("busy");
        Map<String, String> maven = withMaven("mkdir '" + busy + "' || echo at once >>'" + log + "'\n"
                + "echo build >>'" + log + "'\nsleep 0.2\nrmdir '" + busy + "'");
        String script = "for n in 1 2 3 4 5 6; do\n"
                + "rm -f '" + launcher + "/home'\n"
                + "mkdir '" + launcher + "/lock'\n"
                + "echo \"" + gone.pid() + " $(uname -n)\" >'" + launcher + "/lock/owner'\n"
                + "for waiter in 1 2 3 4 5 6 7 8; do sh \"$HEDDLE\" --version & done\nwait\n"
                + "[ ! -e '" + launcher + "/lock' ] || echo left\ndone";
        Map<String, String> environment = new HashMap<>(maven);
        environment.put("JAVA_HOME", quickJdk().toString());
        Ended ended = run(environment, script);
        assertEquals(0, ended.code(), ended.out());
        assertFalse(Files.readString(log).contains("at once"), Files.readString(log));
        assertFalse(ended.out().contains("left"), ended.out());
    }

    /** A JDK whose java ends at once. */
    private Path quickJdk() throws IOException {
        Path jdk = dir.resolve("jdk");
        script(jdk.resolve("bin/javac"), "");
        script(jdk.resolve("bin/java"), "");
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
        return jdk;
    }

    @Test
    void aLockWithoutAnOwnerIsTakenOverByOne() throws Exception {
        Map<String, String> maven = withMaven("");
        Files.createDirectory(launcher.resolve("lock"));
        Ended ended = run(maven, "sh \"$HEDDLE\" check m.heddle");
        assertEquals(0, ended.code(), ended.out());
        assertFalse(Files.exists(launcher.resolve("lock")));
    }

    /** The search for JDKs is cut out of this launcher, for the machine may well have one that is new enough. */
    @Test
    void namesAJavaHomeThatIsTooOldWhenThereIsNoOther() throws Exception {
        Path old = quickJdk();
        Files.writeString(old.resolve("release"), "JAVA_VERSION=\"17.0.9\"\n");
        Path alone = home.resolve("alone");
        Files.writeString(
                alone,
                Files.readString(home.resolve("heddle"))
                        .replaceFirst("(?s)for jdk in .*?; do", "for jdk in \"\\${JAVA_HOME:-}\"; do"));
        Ended ended = run(Map.of("JAVA_HOME", old.toString()), "sh '" + alone + "' check m.heddle");
        assertEquals(3, ended.code(), ended.out());
        assertTrue(ended.out().contains("JAVA_HOME is " + old + ", a JDK 17: too old"), ended.out());
        Ended none = run(Map.of("JAVA_HOME", dir.toString()), "sh '" + alone + "' check m.heddle");
        assertTrue(none.out().contains("JAVA_HOME is " + dir + ", which is no JDK"), none.out());
    }

    /** An editor talks to a language server through the launcher, and learns what it ended with. */
    @Test
    void servesAnEditor() throws Exception {
        String initialize =
                message("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"capabilities\":{}}}");
        String shutdown = message("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"shutdown\",\"params\":null}");
        String exit = message("{\"jsonrpc\":\"2.0\",\"method\":\"exit\",\"params\":null}");
        Files.writeString(dir.resolve("orderly"), initialize + shutdown + exit);
        Files.writeString(dir.resolve("at once"), initialize + exit);
        Ended orderly = run(Map.of(), "sh \"$HEDDLE\" lsp --stdio <orderly");
        assertEquals(0, orderly.code(), orderly.out());
        assertTrue(orderly.out().contains("\"name\":\"Heddle\""), orderly.out());
        assertEquals(1, run(Map.of(), "sh \"$HEDDLE\" lsp <'at once'").code());
    }

    private static String message(String json) {
        return "Content-Length: " + json.length() + "\r\n\r\n" + json;
    }

    @Test
    void saysWhichProcessItWaitsFor() throws Exception {
        Map<String, String> maven = withMaven("");
        Path lock = Files.createDirectory(launcher.resolve("lock"));
        Path owner = Files.writeString(lock.resolve("owner"), "1 elsewhere\n");
        Process process = start(maven, "sh \"$HEDDLE\" check m.heddle");
        await(dir.resolve("out.txt"), "waiting for process 1 on elsewhere");
        assertTrue(printed().contains("rm -r '" + lock + "'"), printed());
        Files.delete(owner);
        Files.delete(lock);
        assertEquals(0, end(process).code(), printed());
    }
}
