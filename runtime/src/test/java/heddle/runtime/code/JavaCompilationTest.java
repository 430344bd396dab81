package heddle.runtime.code;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class JavaCompilationTest {
    @Test
    void aMethodOfMoreCodeThanAClassFileHoldsIsToldFromABug() {
        assertEquals(1, JavaCompilation.compile(source(10)).size());
        assertThrows(CodeTooLarge.class, () -> JavaCompilation.compile(source(20_000)));
    }

    private static SourceUnit source(int statements) {
        String text =
                "class Long { static int f(int x) { %s return x; } }".formatted("x = x * x + 9;".repeat(statements));
        return new SourceUnit("Long", text, List.of());
    }
}
