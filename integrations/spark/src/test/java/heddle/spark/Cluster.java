package heddle.spark;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.apache.spark.launcher.JavaModuleOptions;
import org.apache.spark.sql.SparkSession;

/**
 * A standalone cluster of processes on this machine, made of the jars on the class path: a master, and workers with a core each. The
 * jars of Spark are the cluster's; Heddle and the tests are sent to it, as {@code spark-submit --jars} does. All processes end with
 * this one.
 */
final class Cluster implements AutoCloseable {
    private static final String HOST = "127.0.0.1";

    /** What belongs to Heddle: parts of the paths of its jars and of those that it needs. */
    private static final List<String> SENT = List.of(
            "/dev/heddle/",
            "/target/heddle-",
            "/ai/djl/",
            "/org/tribuo/",
            "/jackson-jr",
            "/org/jgrapht/",
            "/org/jheaps/",
            "/org/apfloat/",
            "/commons-numbers");

    private final Path home;
    private final List<Process> workers = new ArrayList<>();
    private final List<String> sent = new ArrayList<>();
    private final Process master;
    private final int port;

    /** @param home a new directory for the cluster's files and logs */
    Cluster(Path home, int workers) throws IOException {
        this.home = home;
        layOut();
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
            port = free.getLocalPort();
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "end of the cluster"));
        master = start("master", "org.apache.spark.deploy.master.Master", "--host", HOST, "--port", "" + port);
        try {
            awaitMaster();
            for (int i = 0; i < workers; i++) {
                this.workers.add(start(
                        "worker-" + i,
                        "org.apache.spark.deploy.worker.Worker",
                        "-c",
                        "1",
                        "-m",
                        "1g",
                        "--host",
                        HOST,
                        "--work-dir",
                        home.resolve("work-" + i).toString(),
                        "spark://" + HOST + ":" + port));
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Spark looks for its jars in a directory, and takes the directory for a release when it has this file. */
    private void layOut() throws IOException {
        Path jars = Files.createDirectories(home.resolve("jars"));
        Files.createFile(home.resolve("RELEASE"));
        int number = 0;
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(entry);
            String name = number++ + "-" + path.getFileName();
            if (isSent(path)) {
                sent.add(Files.isDirectory(path) ? jar(path, home.resolve(name + ".jar")) : path.toString());
            } else if (Files.isRegularFile(path)) {
                Files.createSymbolicLink(jars.resolve(name), path.toAbsolutePath());
            }
        }
    }

    /** Directories are those of this build. */
    private static boolean isSent(Path path) {
        return Files.isDirectory(path) || SENT.stream().anyMatch(path.toString()::contains);
    }

    private static String jar(Path directory, Path jar) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(directory)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream zip = new JarOutputStream(out)) {
            for (Path file : files) {
                zip.putNextEntry(new ZipEntry(directory.relativize(file).toString()));
                Files.copy(file, zip);
                zip.closeEntry();
            }
        }
        return jar.toString();
    }

    private static List<String> options() {
        List<String> options = new ArrayList<>(List.of(JavaModuleOptions.defaultModuleOptionArray()));
        options.addAll(List.of("--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"));
        return options;
    }

    private Process start(String name, String main, String... args) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options());
        command.addAll(List.of("-Xmx256m", "-Dspark.master.rest.enabled=false", "-cp"));
        String own = Path.of(Daemon.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath())
                .toString();
        command.add(own + File.pathSeparator + home.resolve("jars") + "/*");
        command.addAll(List.of(Daemon.class.getName(), main, "--webui-port", "0"));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(home.resolve(name + ".log").toFile());
        builder.environment()
                .putAll(Map.of(
                        "SPARK_HOME", home.toString(),
                        "SPARK_LOCAL_IP", HOST,
                        "SPARK_SCALA_VERSION", "2.13",
                        "SPARK_LOCAL_DIRS", home.resolve("local").toString(),
                        "JAVA_HOME", System.getProperty("java.home")));
        return builder.start();
    }

    private void awaitMaster() throws IOException {
        for (int attempt = 0; attempt < 600 && master.isAlive(); attempt++) {
            try (Socket socket = new Socket(HOST, port)) {
                return;
            } catch (IOException e) {
                pause();
            }
        }
        throw new IllegalStateException("the master does not answer:\n" + Files.readString(home.resolve("master.log")));
    }

    static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** A session of this process on the cluster, which begins when there are so many executors. */
    SparkSession session(int executors) {
        return LocalSpark.builder("spark://" + HOST + ":" + port)
                .config("spark.cores.max", executors)
                .config("spark.executor.cores", 1)
                .config("spark.executor.memory", "1g")
                .config("spark.executor.extraJavaOptions", String.join(" ", options()))
                .config("spark.scheduler.minRegisteredResourcesRatio", "1.0")
                .config("spark.scheduler.maxRegisteredResourcesWaitingTime", "120s")
                .config("spark.jars", sent.stream().collect(Collectors.joining(",")))
                .getOrCreate();
    }

    /** Kills a worker and its executors, as when a machine loses its power. */
    void kill(int worker) {
        kill(workers.get(worker));
    }

    boolean isAlive(int worker) {
        return workers.get(worker).isAlive();
    }

    private static void kill(Process process) {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        workers.forEach(Cluster::kill);
        if (master != null) {
            kill(master);
        }
    }
}
