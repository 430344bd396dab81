package heddle.runtime.artifact;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import heddle.runtime.cache.CacheDirectory;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class ArtifactCacheTest {
    private static final ArtifactEntry ENTRY =
            ArtifactEntry.parse("maven:org.example:model:1.0!/data/w.bin").orElseThrow();

    @TempDir
    Path dir;

    private final AtomicInteger fetched = new AtomicInteger();
    private ArtifactCache cache;

    @BeforeEach
    void makeArtifact() throws IOException {
        Path jar = dir.resolve("model.jar");
        write(jar, "weights");
        cache = new ArtifactCache(
                new CacheDirectory(dir.resolve("cache")),
                (wanted, listener) -> {
                    fetched.incrementAndGet();
                    return jar;
                },
                DownloadListener.SILENT);
    }

    private static void write(Path jar, String text) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            zip.putNextEntry(new ZipEntry("data/w.bin"));
            zip.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static Optional<String> sum(String text) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return Optional.of(HexFormat.of().formatHex(digest));
    }

    /** A repository's checksum lies beside the jar, so whoever alters one can alter both. */
    @Test
    void anAlteredJarIsNotAccepted() throws Exception {
        Path jar = dir.resolve("model.jar");
        write(jar, "wEights");
        var e = assertThrows(DiagnosticException.class, () -> cache.file(ENTRY, sum("weights")));
        Diagnostic said = e.diagnostics().getFirst();
        assertEquals(RuntimeCode.CHECKSUM, said.code());
        assertTrue(e.getMessage().contains("data/w.bin in " + jar), e.getMessage());
        assertTrue(said.notes().toString().contains(sum("weights").get()), said.toString());
        assertTrue(said.notes().toString().contains(sum("wEights").get()), said.toString());
        assertTrue(said.hint().orElseThrow().contains("delete " + jar), said.toString());
        write(jar, "weights");
        assertEquals("weights", Files.readString(cache.file(ENTRY, sum("weights"))));
    }

    /** What was taken out of an altered jar when nobody asked is not accepted when somebody does. */
    @Test
    void aFileIsHeldToTheSumThatWasRecorded() throws Exception {
        Path jar = dir.resolve("model.jar");
        write(jar, "wEights");
        assertEquals("wEights", Files.readString(cache.file(ENTRY, Optional.empty())));
        assertThrows(DiagnosticException.class, () -> cache.file(ENTRY, sum("weights")));
        write(jar, "weights");
        assertEquals("weights", Files.readString(cache.file(ENTRY, sum("weights"))));
        int before = fetched.get();
        cache.file(ENTRY, sum("weights"));
        assertEquals(before, fetched.get(), "the jar is not asked for again");
    }

    @Test
    void aFileBesideTheModelIsHeldToItsSum() throws Exception {
        ModelFiles files = new ModelFiles(cache);
        Path file = Files.writeString(dir.resolve("w.bin"), "weights");
        assertEquals(file, files.find(new DeclaredFile("w.bin", sum("weights")), dir));
        Files.writeString(file, "wEights");
        var e = assertThrows(
                DiagnosticException.class, () -> files.find(new DeclaredFile("w.bin", sum("weights")), dir));
        assertEquals(RuntimeCode.CHECKSUM, e.diagnostics().getFirst().code());
        assertEquals(file, files.find(new DeclaredFile("w.bin", Optional.empty()), dir));
    }

    @Test
    void aFileIsTakenOutOnce() throws IOException {
        Path file = cache.file(ENTRY, Optional.empty());
        assertEquals("weights", Files.readString(file));
        assertEquals(file, cache.file(ENTRY, Optional.empty()));
        assertEquals(1, fetched.get());
    }

    @Test
    void aDamagedFileIsTakenOutAgain() throws IOException {
        Files.writeString(cache.file(ENTRY, Optional.empty()), "wEights");
        assertEquals("weights", Files.readString(cache.file(ENTRY, Optional.empty())));
        assertEquals(2, fetched.get());
        Files.writeString(cache.file(ENTRY, Optional.empty()).resolveSibling("w.bin.crc"), "nonsense");
        assertEquals("weights", Files.readString(cache.file(ENTRY, Optional.empty())));
        assertEquals(3, fetched.get());
    }

    @Test
    void runsAtTheSameTimeAgreeAndLeaveNothingBehind() throws Exception {
        try (var threads = Executors.newFixedThreadPool(8)) {
            List<Callable<String>> tasks = Stream.<Callable<String>>generate(
                            () -> () -> Files.readString(cache.file(ENTRY, Optional.empty())))
                    .limit(32)
                    .toList();
            for (var result : threads.invokeAll(tasks)) {
                assertEquals("weights", result.get());
            }
        }
        try (Stream<Path> files = Files.list(cache.file(ENTRY, Optional.empty()).getParent())) {
            assertEquals(
                    List.of("w.bin", "w.bin.crc"),
                    files.map(f -> f.getFileName().toString()).sorted().collect(Collectors.toList()));
        }
    }

    @Test
    void anEntryThatIsNotThereIsAnError() {
        ArtifactEntry other =
                ArtifactEntry.parse("maven:org.example:model:1.0!/none").orElseThrow();
        var e = assertThrows(DiagnosticException.class, () -> cache.file(other, Optional.empty()));
        assertTrue(e.getMessage().contains("holds no file none"), e.getMessage());
    }

    @Test
    void withoutASourceAnArtefactIsAMistakeThatSaysWhatToAdd() {
        ModelFiles files = new ModelFiles(new ArtifactCache(
                new CacheDirectory(dir.resolve("empty")), ArtifactSource.installed(), DownloadListener.SILENT));
        var e = assertThrows(DiagnosticException.class, () -> files.find(ENTRY.toString(), Path.of("")));
        assertEquals(RuntimeCode.ARTIFACT_SOURCE, e.diagnostics().getFirst().code());
        assertTrue(e.diagnostics().getFirst().hint().orElseThrow().contains("dev.heddle:heddle-maven"), e.getMessage());
        assertTrue(
                e.diagnostics().getFirst().notes().toString().contains("<artifactId>model</artifactId><version>1.0<"),
                e.getMessage());
    }

    /** A dependency of the program, in the jar that its build has. */
    @Test
    void anArtefactOnTheClassPathIsNotFetched() throws Exception {
        write(dir.resolve("model-1.0.jar"), "of the class path");
        withClassPath(dir.resolve("model-1.0.jar"), () -> {
            assertEquals("of the class path", Files.readString(cache.file(ENTRY, Optional.empty())));
            assertEquals(0, fetched.get());
        });
    }

    @Test
    void onTheClassPathAnotherJarIsTakenForItsSumAlone() throws Exception {
        Path program = dir.resolve("program.jar");
        write(program, "of the class path");
        withClassPath(program, () -> {
            assertEquals("weights", Files.readString(cache.file(ENTRY, Optional.empty())));
            assertEquals("weights", Files.readString(cache.file(ENTRY, sum("weights"))));
            assertEquals(1, fetched.get());
            assertEquals("of the class path", Files.readString(cache.file(ENTRY, sum("of the class path"))));
            assertEquals(1, fetched.get());
        });
    }

    private static void withClassPath(Path jar, Executable body) throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, before)) {
            thread.setContextClassLoader(loader);
            assertDoesNotThrow(body);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Test
    void theLocalRepositoryIsLookedInto() throws Exception {
        Path jar = dir.resolve("repository/org/example/model/1.0/model-1.0.jar");
        Files.createDirectories(jar.getParent());
        write(jar, "of the repository");
        ArtifactCache plain = new ArtifactCache(
                new CacheDirectory(dir.resolve("empty")), ArtifactSource.installed(), DownloadListener.SILENT);
        String before = System.getProperty("maven.repo.local");
        System.setProperty("maven.repo.local", dir.resolve("repository").toString());
        try {
            assertEquals("of the repository", Files.readString(plain.file(ENTRY, Optional.empty())));
        } finally {
            if (before == null) {
                System.clearProperty("maven.repo.local");
            } else {
                System.setProperty("maven.repo.local", before);
            }
        }
    }

    @Test
    void referencesHaveOneForm() {
        assertEquals("maven:org.example:model:1.0!/data/w.bin", ENTRY.toString());
        for (String wrong : List.of(
                "maven:a:b!/c",
                "maven:a:b:1",
                "maven:a:b:1!/",
                "maven:a:b:1!/../c",
                "maven:a:b:1!/x/../../c",
                "a:b:1!/c")) {
            assertFalse(ArtifactEntry.parse(wrong).isPresent(), wrong);
        }
    }
}
