package heddle.runtime.tornado;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** A directory laid out as an SDK, with nothing in it that runs. */
final class SdkDirectory {
    private static final int CLASS_FILE_MAGIC = 0xCAFEBABE;

    private SdkDirectory() {}

    /** Makes one. @param version for example {@code 5.2.0-jdk25} */
    static Path make(Path home, String version) throws IOException {
        Files.createDirectories(home.resolve("share/java/tornado"));
        Files.createDirectories(home.resolve("lib"));
        Files.createDirectories(home.resolve("etc"));
        Files.writeString(home.resolve("etc/tornado.release"), "version=" + version + "\nbranch=master\n");
        Files.writeString(home.resolve("etc/tornado.backend"), "tornado.backends=opencl-backend,cuda-backend");
        Files.writeString(home.resolve("tornado-argfile.template"), """
                # === Native library path ===
                -Djava.library.path=${TORNADOVM_HOME}/lib
                -Dkind=fake
                """);
        api(home.resolve("share/java/tornado/tornado-api-" + version + ".jar"), 69);
        Files.createFile(home.resolve("share/java/tornado/tornado-api-" + version + "-sources.jar"));
        return home;
    }

    /** A jar whose one class file is of a version of the format. */
    static void api(Path jar, int classVersion) throws IOException {
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new JarEntry("A.class"));
            out.write(new byte[] {
                (byte) (CLASS_FILE_MAGIC >>> 24),
                (byte) (CLASS_FILE_MAGIC >>> 16),
                (byte) (CLASS_FILE_MAGIC >>> 8),
                (byte) CLASS_FILE_MAGIC,
                0,
                0,
                0,
                (byte) classVersion
            });
            out.closeEntry();
        }
    }
}
