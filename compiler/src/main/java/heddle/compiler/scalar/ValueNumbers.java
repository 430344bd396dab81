package heddle.compiler.scalar;

import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExpr.Element;
import heddle.compiler.type.DType;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives equal expressions equal numbers (value numbering), so that an expression written twice is computed once. An
 * object that several expressions share is visited once.
 */
public final class ValueNumbers {
    private record ApplyKey(ScalarFn fn, DType type, List<Integer> args) {}

    private record ElementKey(Buffer buffer, int address) {}

    private final Map<ScalarExpr, Integer> byIdentity = new IdentityHashMap<>();
    private final Map<Object, Integer> byMeaning = new HashMap<>();

    /** The number of {@code e}. */
    public int of(ScalarExpr e) {
        Integer known = byIdentity.get(e);
        if (known != null) {
            return known;
        }
        Object meaning = switch (e) {
            case Apply a ->
                new ApplyKey(a.fn(), a.type(), a.args().stream().map(this::of).toList());
            case Element x -> new ElementKey(x.buffer(), of(x.address()));
            default -> e;
        };
        int number = byMeaning.computeIfAbsent(meaning, key -> byMeaning.size());
        byIdentity.put(e, number);
        return number;
    }
}
