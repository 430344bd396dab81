package heddle.compiler.pack;

import heddle.compiler.ir.Node;
import heddle.compiler.op.Contract;
import heddle.compiler.op.Equation;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.Softmax;
import heddle.compiler.pack.AxisMeaning.Kind;
import heddle.compiler.rule.DeclinedException;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.ScalarMath;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Softmaxes, reductions and products. Along tokens they may go where another axis of tokens says whose text counts: at tokens of
 * other texts, what is summed up becomes neutral.
 */
final class PackedSums {
    private final PackedValues values;

    PackedSums(PackedValues values) {
        this.values = values;
    }

    Tracked softmax(Node node, Softmax s, Tracked given) {
        AxisMeaning along = given.axes().get(s.axis());
        Tracked x = along.isOther()
                ? given
                : within(node, "softmax", given, s.axis(), List.of(s.axis()), Double.NEGATIVE_INFINITY);
        Softmax packed = new Softmax(s.axis() + x.before(), s.term());
        return new Tracked(
                values.out().value(packed, node.origin(), x.value()), x.axes(), x.perRow(), along.is(Kind.TOKENS));
    }

    Tracked reduce(Node node, Reduce r, Tracked given) {
        Tracked x = given;
        for (int axis : r.axes()) {
            if (!given.axes().get(axis).isOther()) {
                double neutral =
                        ScalarMath.neutral(r.kind(), given.value().type().dtype());
                x = within(node, what(r), x, axis, r.axes(), neutral);
            }
        }
        List<AxisMeaning> axes = new ArrayList<>();
        for (int axis = 0; axis < x.rank(); axis++) {
            if (!r.axes().contains(axis)) {
                axes.add(x.axes().get(axis));
            } else if (r.keepDims()) {
                axes.add(AxisMeaning.ONE);
            }
        }
        int before = x.before();
        Reduce packed =
                new Reduce(r.kind(), r.axes().stream().map(a -> a + before).toList(), r.keepDims());
        return new Tracked(values.out().value(packed, node.origin(), x.value()), axes, x.perRow());
    }

    private static String what(Reduce r) {
        return switch (r.kind()) {
            case SUM -> "sum";
            case MAX -> "maximum";
            case MIN -> "minimum";
            case PROD -> "product";
        };
    }

    /** A value that is neutral at other texts than that of the first axis of tokens which stays. */
    private Tracked within(Node node, String what, Tracked x, int along, List<Integer> gone, double neutral) {
        requireTokens(node, what, x.axes().get(along));
        int kept =
                x.tokens().stream().filter(a -> !gone.contains(a)).findFirst().orElseThrow(() -> overAll(node, what));
        return x.zeroApart() && neutral == 0 ? x : values.masked(x, kept, along, neutral, node.origin());
    }

    private static void requireTokens(Node node, String what, AxisMeaning axis) {
        if (axis.has(Kind.ROWS)) {
            throw new DeclinedException(
                    node,
                    "a " + what + " goes over all rows, which are different texts",
                    "compute each row of the input by itself");
        }
        if (!axis.is(Kind.TOKENS)) {
            throw new DeclinedException(
                    node,
                    "a " + what + " goes over tokens together with other elements",
                    "give tokens an axis of their own");
        }
    }

    private static DeclinedException overAll(Node node, String what) {
        return new DeclinedException(
                node,
                "a " + what + " goes over all tokens of a row, not over those that one token attends to",
                "let tokens see each other by attention; leave pooling to the end, pooling = mean in the .properties file");
    }

    /** An operand of a product, and the letters of its axes. */
    private record Factor(Tracked x, String letters) {
        /** The letters of axes of tokens. */
        String tokens() {
            return x.tokens().stream()
                    .map(a -> String.valueOf(letters.charAt(a)))
                    .reduce("", String::concat);
        }

        Optional<Character> rows() {
            return IntStream.range(0, x.rank())
                    .filter(a -> x.axes().get(a).has(Kind.ROWS))
                    .mapToObj(letters::charAt)
                    .findFirst();
        }

        AxisMeaning meaning(char letter) {
            return letters.indexOf(letter) < 0 ? AxisMeaning.ONE : x.axes().get(letters.indexOf(letter));
        }

        Factor with(Tracked other) {
            return new Factor(other, letters);
        }
    }

    Tracked contract(Node node, Contract c, Tracked leftGiven, Tracked rightGiven) {
        Equation e = c.parsed();
        Factor left = new Factor(leftGiven, e.left());
        Factor right = new Factor(rightGiven, e.right());
        Annihilating zeros = c.zeros();
        for (char letter : summed(e)) {
            AxisMeaning along = PackedOperations.merged(node, left.meaning(letter), right.meaning(letter));
            if (along.isOther()) {
                continue;
            }
            requireTokens(node, "product", along);
            Optional<Factor> masked = within(node, left, letter, e.result());
            if (masked.isPresent()) {
                left = masked.get();
                zeros = annihilating(node, zeros, Annihilating.LEFT);
            } else {
                right = within(node, right, letter, e.result()).orElseThrow(() -> overAll(node, "product"));
                zeros = annihilating(node, zeros, Annihilating.RIGHT);
            }
        }
        List<AxisMeaning> axes = new ArrayList<>();
        for (char letter : e.result().toCharArray()) {
            axes.add(PackedOperations.merged(node, left.meaning(letter), right.meaning(letter)));
        }
        return product(node, new Contract(c.equation(), zeros), left, right, axes);
    }

    /** Zeros at other texts add nothing, also where a value of such a text is infinite or NaN. */
    private static Annihilating annihilating(Node node, Annihilating known, Annihilating masked) {
        if (known != Annihilating.NEITHER && known != masked) {
            throw new DeclinedException(
                    node,
                    "zeros of both factors of a product add nothing, those of probabilities and those at other texts",
                    "write the product of probabilities and that of the mask one after the other");
        }
        return masked;
    }

    private static char[] summed(Equation e) {
        return (e.left() + e.right())
                .chars()
                .distinct()
                .filter(l -> e.result().indexOf(l) < 0)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString()
                .toCharArray();
    }

    /** The factor with zeros at other texts than that of an axis which it and the result have, if there is one. */
    private Optional<Factor> within(Node node, Factor f, char along, String result) {
        if (f.letters().indexOf(along) < 0) {
            return Optional.empty();
        }
        return f.tokens()
                .chars()
                .filter(l -> result.indexOf(l) >= 0)
                .mapToObj(l -> f.x().zeroApart()
                        ? f
                        : f.with(values.masked(
                                f.x(), f.letters().indexOf(l), f.letters().indexOf(along), 0, node.origin())))
                .findFirst();
    }

    /** A factor that has a value for each row gets the letter of rows, or a new one where no axis is rows. */
    private Tracked product(Node node, Contract c, Factor left, Factor right, List<AxisMeaning> axes) {
        Equation e = c.parsed();
        if (!left.x().perRow() && !right.x().perRow()) {
            return new Tracked(
                    values.out()
                            .value(c, node.origin(), left.x().value(), right.x().value()),
                    axes,
                    false);
        }
        Optional<Character> known = left.rows().or(right::rows);
        if (known.isPresent()) {
            AxisMeaning rows = left.rows().isPresent() ? left.meaning(known.get()) : right.meaning(known.get());
            if (!rows.is(Kind.ROWS)) {
                throw new DeclinedException(
                        node,
                        "a product of positions goes along rows together with other elements",
                        "give rows an axis of their own");
            }
        }
        char letter = known.orElseGet(() -> unused(e));
        Equation packed = new Equation(
                (left.x().perRow() ? letter : "") + e.left(),
                (right.x().perRow() ? letter : "") + e.right(),
                (known.isPresent() ? "" : letter) + e.result());
        return new Tracked(
                values.out()
                        .value(
                                new Contract(packed.toString(), c.zeros()),
                                node.origin(),
                                left.x().value(),
                                right.x().value()),
                axes,
                known.isEmpty());
    }

    private static char unused(Equation e) {
        String used = e.left() + e.right();
        return (char) IntStream.rangeClosed('a', 'z')
                .filter(l -> used.indexOf(l) < 0)
                .findFirst()
                .orElseThrow();
    }
}
