package heddle.runtime.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import heddle.runtime.cache.CacheDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
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
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            zip.putNextEntry(new ZipEntry("data/w.bin"));
            zip.write("weights".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        cache = new ArtifactCache(
                new CacheDirectory(dir.resolve("cache")),
                (wanted, listener) -> {
                    fetched.incrementAndGet();
                    return jar;
                },
                DownloadListener.SILENT);
    }

    @Test
    void aFileIsTakenOutOnce() throws IOException {
        Path file = cache.file(ENTRY);
        assertEquals("weights", Files.readString(file));
        assertEquals(file, cache.file(ENTRY));
        assertEquals(1, fetched.get());
    }

    @Test
    void aDamagedFileIsTakenOutAgain() throws IOException {
        Files.writeString(cache.file(ENTRY), "wEights");
        assertEquals("weights", Files.readString(cache.file(ENTRY)));
        assertEquals(2, fetched.get());
        Files.writeString(cache.file(ENTRY).resolveSibling("w.bin.crc"), "nonsense");
        assertEquals("weights", Files.readString(cache.file(ENTRY)));
        assertEquals(3, fetched.get());
    }

    @Test
    void runsAtTheSameTimeAgreeAndLeaveNothingBehind() throws Exception {
        try (var threads = Executors.newFixedThreadPool(8)) {
            List<Callable<String>> tasks = Stream.<Callable<String>>generate(
                            () -> () -> Files.readString(cache.file(ENTRY)))
                    .limit(32)
                    .toList();
            for (var result : threads.invokeAll(tasks)) {
                assertEquals("weights", result.get());
            }
        }
        try (Stream<Path> files = Files.list(cache.file(ENTRY).getParent())) {
            assertEquals(
                    List.of("w.bin", "w.bin.crc"),
                    files.map(f -> f.getFileName().toString()).sorted().collect(Collectors.toList()));
        }
    }

    @Test
    void anEntryThatIsNotThereIsAnError() {
        ArtifactEntry other =
                ArtifactEntry.parse("maven:org.example:model:1.0!/none").orElseThrow();
        var e = assertThrows(DiagnosticException.class, () -> cache.file(other));
        assertTrue(e.getMessage().contains("holds no file none"), e.getMessage());
    }

    @Test
    void withoutASourceAnArtefactIsAMistakeThatSaysWhatToAdd() {
        ModelFiles files = new ModelFiles(new ArtifactCache(
                new CacheDirectory(dir.resolve("empty")), ArtifactSource.installed(), DownloadListener.SILENT));
        var e = assertThrows(DiagnosticException.class, () -> files.find(ENTRY.toString(), Path.of("")));
        assertEquals(RuntimeCode.ARTIFACT_SOURCE, e.diagnostics().getFirst().code());
        assertTrue(e.diagnostics().getFirst().hint().orElseThrow().contains("dev.heddle:heddle-maven"), e.getMessage());
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
