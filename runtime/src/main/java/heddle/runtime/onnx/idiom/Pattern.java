package heddle.runtime.onnx.idiom;

import heddle.runtime.onnx.OnnxNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** How a value may be made. A pattern gives all ways in which it fits, and what it has bound in each. */
@FunctionalInterface
interface Pattern {
    Stream<Match> at(String value, Match before);

    /** This one, and then another one for the same value. */
    default Pattern andThen(Pattern other) {
        return (value, before) -> at(value, before).flatMap(match -> other.at(value, match));
    }

    /** Any value. One name is one value in the whole pattern. */
    static Pattern any(String name) {
        return (value, before) -> {
            String bound = before.value(name);
            if (bound == null) {
                return Stream.of(before.bind(name, value));
            }
            return bound.equals(value) ? Stream.of(before) : Stream.empty();
        };
    }

    /** A weight of one axis at most, so that it is no other tensor of the computation. */
    static Pattern vector(String name) {
        return (value, before) -> before.index().weight(value).filter(shape -> shape.size() <= 1).stream()
                .flatMap(shape -> any(name).at(value, before));
    }

    /** A constant of this value. Files round: half floats keep three digits. */
    static Pattern number(double expected) {
        return (value, before) -> before.index().number(value).filter(found -> isNear(found, expected)).stream()
                .map(found -> before);
    }

    /** A constant of any value, which is bound. */
    static Pattern number(String name) {
        return (value, before) -> before.index().number(value).stream().flatMap(found -> bind(name, found, before));
    }

    /** What binds a number. One name is one number in the whole pattern. */
    static Stream<Match> bind(String name, double found, Match before) {
        Double bound = before.numbers().get(name);
        if (bound == null) {
            return Stream.of(before.bind(name, found));
        }
        return bound == found ? Stream.of(before) : Stream.empty();
    }

    /** Whether a number of a file may stand for another one. Whole numbers and halves are exact in every format. */
    static boolean isNear(double found, double expected) {
        boolean isExact = expected * 2 == Math.rint(expected * 2);
        return isExact ? found == expected : Math.abs(found - expected) <= 1e-3 * Math.abs(expected);
    }

    static Pattern either(Pattern... patterns) {
        return (value, before) -> Stream.of(patterns).flatMap(pattern -> pattern.at(value, before));
    }

    /** A node of ONNX's own with these operands, and perhaps more; those of {@code Add} and {@code Mul} in either order. */
    static Pattern op(String operator, Pattern... operands) {
        return node(operator, (node, before) -> Stream.of(before), operands);
    }

    /** The same. @param more what else must hold of the node */
    static Pattern node(String operator, BiFunction<OnnxNode, Match, Stream<Match>> more, Pattern... operands) {
        return (value, before) -> {
            Optional<Integer> place = maker(value, operator, before);
            if (place.isEmpty()) {
                return Stream.empty();
            }
            OnnxNode node = before.index().node(place.get());
            return operands(node, operands, more.apply(node, before).map(match -> match.absorb(place.get())));
        };
    }

    /** The same, for a node that others read as well: it stays as long as somebody reads it. @param output the one that is meant */
    static Pattern shared(String operator, int output, Pattern... operands) {
        return (value, before) -> {
            Optional<Integer> place = maker(value, operator, before)
                    .filter(p -> before.index().node(p).outputs().indexOf(value) == output);
            if (place.isEmpty()) {
                return Stream.empty();
            }
            OnnxNode node = before.index().node(place.get());
            return operands(node, operands, Stream.of(before.see(place.get())));
        };
    }

    private static Optional<Integer> maker(String value, String operator, Match before) {
        return before.index().maker(value).filter(place -> {
            OnnxNode node = before.index().node(place);
            return node.qualifiedOperator().equals(operator);
        });
    }

    private static Stream<Match> operands(OnnxNode node, Pattern[] operands, Stream<Match> before) {
        List<String> inputs = node.inputs();
        if (inputs.size() < operands.length) {
            return Stream.empty();
        }
        boolean commutes = node.operator().equals("Add") || node.operator().equals("Mul");
        if (!commutes || operands.length != 2) {
            return inOrder(inputs, operands, before);
        }
        return before.flatMap(match -> Stream.concat(
                inOrder(inputs, operands, Stream.of(match)), inOrder(inputs.reversed(), operands, Stream.of(match))));
    }

    private static Stream<Match> inOrder(List<String> inputs, Pattern[] operands, Stream<Match> before) {
        Stream<Match> matches = before;
        for (int i = 0; i < operands.length; i++) {
            Pattern operand = operands[i];
            String input = inputs.get(i);
            matches = matches.flatMap(match -> operand.at(input, match));
        }
        return matches;
    }

    /** The mean along one axis, which stays as a length of one. The axis is bound. */
    static Pattern mean(Pattern operand) {
        return node("ReduceMean", ReducedAxis::oneAxis, operand);
    }

    /** {@code coefficient * a * b ...}, in any order and grouping, with numbers anywhere. */
    static Pattern product(double coefficient, Pattern... factors) {
        return (value, before) -> FlatProduct.of(value, before.index())
                .filter(product -> isNear(product.coefficient(), coefficient))
                .filter(product -> product.factors().size() == factors.length)
                .stream()
                .flatMap(product -> {
                    Match match = before;
                    for (int place : product.nodes()) {
                        match = match.absorb(place);
                    }
                    return inAnyOrder(product.factors(), List.of(factors), match);
                });
    }

    private static Stream<Match> inAnyOrder(List<String> values, List<Pattern> patterns, Match before) {
        if (patterns.isEmpty()) {
            return Stream.of(before);
        }
        return Stream.iterate(0, i -> i + 1).limit(values.size()).flatMap(i -> {
            List<String> rest = new ArrayList<>(values);
            String value = rest.remove((int) i);
            return patterns.getFirst()
                    .at(value, before)
                    .flatMap(match -> inAnyOrder(rest, patterns.subList(1, patterns.size()), match));
        });
    }
}
