package heddle.compiler.frontend;

import heddle.compiler.frontend.value.Operand;
import heddle.dsl.source.Span;
import java.util.Optional;
import java.util.stream.Stream;

/** A subscript with its expressions evaluated. */
sealed interface Subscripted {
    Span span();

    /** An integer, which drops the axis, or a tensor of integers, which gathers along it. */
    record At(Operand index) implements Subscripted {
        @Override
        public Span span() {
            return index.span();
        }
    }

    record Range(Optional<Operand> start, Optional<Operand> stop, Optional<Operand> step, Span span)
            implements Subscripted {}

    record Ellipsis(Span span) implements Subscripted {}

    record NewAxis(Span span) implements Subscripted {}

    /** Whether a part of it was reported as wrong. */
    default boolean isPoison() {
        return switch (this) {
            case At at -> at.index().value().isPoison();
            case Range r ->
                Stream.of(r.start(), r.stop(), r.step())
                        .anyMatch(o -> o.isPresent() && o.get().value().isPoison());
            default -> false;
        };
    }
}
