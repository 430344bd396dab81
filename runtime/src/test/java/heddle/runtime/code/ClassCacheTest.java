package heddle.runtime.code;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassCacheTest {
    @TempDir
    Path directory;

    private final List<String> warnings = new ArrayList<>();

    private ClassCache cache() {
        return new ClassCache(directory.resolve("classes"), "1", warnings::add);
    }

    /** A class with a method that returns {@code blocks}. */
    private static SourceUnit source(int blocks) {
        String text = """
                public final class Small {
                    public static long blocks() {
                        return %d;
                    }
                }
                """.formatted(blocks);
        return new SourceUnit("Small", text, List.of("-proc:none", "-classpath", ""));
    }

    private static long blocks(SourceUnit source, Map<String, byte[]> classes) {
        ClassLoader loader = new ClassLoader(null) {
            @Override
            protected Class<?> findClass(String name) {
                byte[] bytes = classes.get(name);
                return defineClass(name, bytes, 0, bytes.length);
            }
        };
        try {
            return (long)
                    loader.loadClass(source.className()).getMethod("blocks").invoke(null);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void keepsClassesFromOneUseToTheNext() throws IOException {
        SourceUnit source = source(7);
        Map<String, byte[]> made = cache().classes(source);
        byte[] entry = Files.readAllBytes(cache().file(source));
        Map<String, byte[]> kept = cache().classes(source);
        assertArrayEquals(made.get("Small"), kept.get("Small"));
        assertArrayEquals(entry, Files.readAllBytes(cache().file(source)));
        assertEquals(7, blocks(source, kept));
        assertEquals(List.of(), warnings);
    }

    @Test
    void otherSourcesAndVersionsHaveOtherEntries() {
        assertNotEquals(cache().file(source(1)), cache().file(source(2)));
        ClassCache other = new ClassCache(directory.resolve("classes"), "2", warnings::add);
        assertNotEquals(cache().file(source(1)), other.file(source(1)));
    }

    @Test
    void aDamagedEntryIsMadeAgain() throws IOException {
        SourceUnit source = source(5);
        cache().classes(source);
        Path file = cache().file(source);
        byte[] good = Files.readAllBytes(file);
        for (int at = 0; at < good.length; at += 13) {
            byte[] bad = good.clone();
            bad[at] ^= 0x20;
            Files.write(file, bad);
            assertTrue(ClassFileEntry.read(key(file), bad).isEmpty(), "byte " + at);
        }
        assertEquals(5, blocks(source, cache().classes(source)));
        assertArrayEquals(good, Files.readAllBytes(file));
    }

    @Test
    void aTruncatedEntryIsMadeAgain() throws IOException {
        SourceUnit source = source(5);
        cache().classes(source);
        Path file = cache().file(source);
        byte[] good = Files.readAllBytes(file);
        for (int length : new int[] {0, 1, 31, 32, 33, good.length / 2, good.length - 1}) {
            Files.write(file, Arrays.copyOf(good, length));
            assertEquals(5, blocks(source, cache().classes(source)), "length " + length);
            assertArrayEquals(good, Files.readAllBytes(file));
        }
    }

    /** A sound entry under the name of another one, as a copy by hand would leave it. */
    @Test
    void anEntryOfAnotherSourceIsMadeAgain() throws IOException {
        SourceUnit wanted = source(5);
        cache().classes(wanted);
        cache().classes(source(6));
        Files.copy(cache().file(source(6)), cache().file(wanted), StandardCopyOption.REPLACE_EXISTING);
        assertEquals(5, blocks(wanted, cache().classes(wanted)));
    }

    /** A file stands where the directory would be, which keeps even a privileged user from writing. */
    @Test
    void worksWithoutADirectoryAndWarnsOnce() throws IOException {
        Files.writeString(directory.resolve("classes"), "in the way");
        ClassCache cache = cache();
        assertEquals(5, blocks(source(5), cache.classes(source(5))));
        assertEquals(6, blocks(source(6), cache.classes(source(6))));
        cache().note(source(6), "another cache in this directory");
        assertEquals(1, warnings.size());
        assertTrue(warnings.getFirst().contains("HEDDLE_CACHE"), warnings.getFirst());
    }

    @Test
    void worksWithADirectoryThatIsReadOnly() throws IOException {
        Path classes = Files.createDirectory(directory.resolve("classes"));
        assertTrue(classes.toFile().setWritable(false));
        try {
            assertEquals(5, blocks(source(5), cache().classes(source(5))));
            // A privileged user may write all the same; whoever may not is told.
            assertEquals(Files.exists(cache().file(source(5))) ? 0 : 1, warnings.size());
        } finally {
            assertTrue(classes.toFile().setWritable(true));
        }
    }

    @Test
    void severalMayCompileAtOnce() throws Exception {
        SourceUnit source = source(9);
        List<Callable<Long>> tasks = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            tasks.add(() -> blocks(source, cache().classes(source)));
        }
        try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
            for (var result : executor.invokeAll(tasks)) {
                assertEquals(9, result.get());
            }
        }
        try (var files = Files.list(directory.resolve("classes"))) {
            assertEquals(List.of(cache().file(source)), files.toList());
        }
        assertFalse(ClassFileEntry.read(key(cache().file(source)), Files.readAllBytes(cache().file(source)))
                .isEmpty());
    }

    private static String key(Path file) {
        return file.getFileName().toString().replace(".classes", "");
    }
}
