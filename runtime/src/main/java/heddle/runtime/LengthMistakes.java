package heddle.runtime;

import heddle.compiler.type.LengthTooLargeException;
import heddle.compiler.type.UnknownLengthException;
import heddle.dsl.diagnostic.Diagnostic;
import java.util.stream.Collectors;

/** What to tell a user about lengths that the compiler cannot work with. */
public final class LengthMistakes {
    private LengthMistakes() {}

    /** A length has to be known, and is not. */
    public static Diagnostic of(UnknownLengthException unknown) {
        String bindings =
                unknown.length().symbols().stream().map(s -> "-D " + s + "=128").collect(Collectors.joining(" "));
        return Diagnostic.of(RuntimeCode.LENGTH_UNBOUND, unknown.getMessage())
                .note("code for this model needs it as a number")
                .hint("give it with " + bindings);
    }

    /** A length, or a product of lengths, is too large to count. */
    public static Diagnostic of(LengthTooLargeException large) {
        return Diagnostic.of(RuntimeCode.LENGTHS, "the model is too large with these lengths: " + large.getMessage())
                .hint("use shorter lengths");
    }
}
