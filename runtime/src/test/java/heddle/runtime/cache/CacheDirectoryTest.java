package heddle.runtime.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheDirectoryTest {
    @Test
    void eachPlatformHasItsPlace() {
        assertEquals(Path.of("/home/ada/.cache/heddle"), locate("Linux", Map.of()));
        assertEquals(Path.of("/big/heddle"), locate("Linux", Map.of("XDG_CACHE_HOME", "/big")));
        assertEquals(Path.of("/home/ada/.cache/heddle"), locate("Linux", Map.of("XDG_CACHE_HOME", "relative")));
        assertEquals(Path.of("/home/ada/Library/Caches/heddle"), locate("Mac OS X", Map.of()));
        assertEquals(Path.of("/here"), locate("Mac OS X", Map.of("HEDDLE_CACHE", "/here")));
    }

    private static Path locate(String os, Map<String, String> environment) {
        return CacheDirectory.locate(environment::get, os, "/home/ada");
    }
}
