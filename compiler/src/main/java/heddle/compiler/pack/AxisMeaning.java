package heddle.compiler.pack;

import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an axis runs over: the product of its parts, outermost first. An axis of length one has none.
 *
 * @param parts no two neighbours of {@link Kind#OTHER}, none of length one
 */
record AxisMeaning(List<Part> parts) {
    /** An axis of length one. */
    static final AxisMeaning ONE = new AxisMeaning(List.of());

    /** What the indexes of a part number. */
    enum Kind {
        /** The rows of the input. */
        ROWS,
        /** The tokens of a row. */
        TOKENS,
        /** Something of the model, such as heads or features. */
        OTHER
    }

    record Part(Kind kind, Dim length) {
        static Part other(Dim length) {
            return new Part(Kind.OTHER, length);
        }
    }

    AxisMeaning {
        parts = joined(parts);
    }

    private static List<Part> joined(List<Part> parts) {
        List<Part> joined = new ArrayList<>();
        for (Part p : parts) {
            if (p.length().is(1)) {
                continue;
            }
            boolean same = !joined.isEmpty() && joined.getLast().kind() == Kind.OTHER && p.kind() == Kind.OTHER;
            joined.add(same ? Part.other(joined.removeLast().length().times(p.length())) : p);
        }
        return List.copyOf(joined);
    }

    /** An axis of the model's own. */
    static AxisMeaning other(Dim length) {
        return new AxisMeaning(List.of(Part.other(length)));
    }

    boolean isOne() {
        return parts.isEmpty();
    }

    /** Whether it runs over that alone. */
    boolean is(Kind kind) {
        return parts.size() == 1 && parts.getFirst().kind() == kind;
    }

    boolean has(Kind kind) {
        return parts.stream().anyMatch(p -> p.kind() == kind);
    }

    /** Whether it runs over neither rows nor tokens. */
    boolean isOther() {
        return !has(Kind.ROWS) && !has(Kind.TOKENS);
    }

    Dim length() {
        return parts.stream().map(Part::length).reduce(Dim.ONE, Dim::times);
    }

    /**
     * The meanings of the axes that a tensor has when it is reshaped; empty when rows or tokens do not stay whole.
     *
     * @param axes what its axes mean before
     * @param dims lengths of its axes afterwards
     */
    static Optional<List<AxisMeaning>> reshaped(List<AxisMeaning> axes, List<Dim> dims) {
        List<Part> left = new ArrayList<>(
                new AxisMeaning(axes.stream().flatMap(a -> a.parts.stream()).toList()).parts.reversed());
        List<AxisMeaning> result = new ArrayList<>();
        for (Dim dim : dims) {
            Dim open = dim;
            List<Part> taken = new ArrayList<>();
            while (!open.is(1)) {
                if (left.isEmpty()) {
                    return Optional.empty();
                }
                Part next = left.removeLast();
                Optional<Dim> rest = open.dividedExactlyBy(next.length());
                Optional<Dim> over = next.length().dividedExactlyBy(open);
                if (rest.isPresent()) {
                    taken.add(next);
                    open = rest.get();
                } else if (next.kind() == Kind.OTHER && over.isPresent()) {
                    taken.add(Part.other(open));
                    left.add(Part.other(over.get()));
                    open = Dim.ONE;
                } else if (!split(next, open, taken, left)) {
                    return Optional.empty();
                } else {
                    open = open.dividedExactlyBy(taken.getLast().length()).orElseThrow();
                }
            }
            result.add(new AxisMeaning(taken));
        }
        return left.isEmpty() ? Optional.of(result) : Optional.empty();
    }

    /** Takes the greatest common part of a number of features and of a length, such as 2 of 4 for {@code 2N}. */
    private static boolean split(Part next, Dim open, List<Part> taken, List<Part> left) {
        if (next.kind() != Kind.OTHER || !next.length().isKnown()) {
            return false;
        }
        for (long part = next.length().value() - 1; part > 1; part--) {
            if (next.length().value() % part == 0
                    && open.dividedExactlyBy(Dim.of(part)).isPresent()) {
                taken.add(Part.other(Dim.of(part)));
                left.add(Part.other(Dim.of(next.length().value() / part)));
                return true;
            }
        }
        return false;
    }
}
