package heddle.compiler.explain;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.ScalarText;
import heddle.compiler.schedule.Schedule;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes scalar programs with elements as a model writes them: {@code mask[b, j]} where the buffer has {@code mask[b *
 * N + j]}.
 */
final class TensorText {
    private final Map<Buffer, String> names = new HashMap<>();

    TensorText(Schedule schedule) {
        schedule.inputs().forEach((name, buffer) -> names.put(buffer, name));
        schedule.weights().forEach((name, buffer) -> names.put(buffer, name));
    }

    String of(ScalarExpr program) {
        return ScalarText.of(program, this::element);
    }

    private String element(ScalarExpr.Element element) {
        Buffer buffer = element.buffer();
        List<ScalarExpr> index = IndexSimplifier.index(buffer.type().shape(), element.address());
        // An address that does not come apart says more as it is.
        boolean apart = index.stream().noneMatch(TensorText::isDivided) || isDivided(element.address());
        return names.getOrDefault(buffer, buffer.name())
                + (apart ? index : List.of(element.address()))
                        .stream().map(this::of).collect(Collectors.joining(", ", "[", "]"));
    }

    private static boolean isDivided(ScalarExpr index) {
        boolean[] divided = {false};
        ScalarExprs.visit(
                index,
                e -> divided[0] |=
                        e instanceof ScalarExpr.Apply a && (a.fn() == ScalarFn.FLOOR_DIV || a.fn() == ScalarFn.MOD));
        return divided[0];
    }
}
