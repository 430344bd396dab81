package heddle.compiler.tile.family;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.index.Stride;
import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.Stored;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * An attention that reads copies of its keys and values, in which the rows of a head follow each other. Heads that lie side by side
 * have rows as far apart as all heads are wide.
 *
 * @param copies    the kernels that copy, by what they are for
 * @param attention that reads what they store
 */
public record CopiedRows(SequencedMap<String, MapFamily> copies, Attention attention) {
    /**
     * @param isCopied whether rows are copied that lie so many bytes apart
     * @param unique   makes names of buffers unique
     * @param known    copies that other kernels made, by what they hold; gets the new ones
     */
    public static CopiedRows of(
            Attention attention, Predicate<Dim> isCopied, UnaryOperator<String> unique, Map<ScalarExpr, Buffer> known) {
        AttentionDefinition a = attention.definition();
        CopiedRows result = new CopiedRows(new LinkedHashMap<>(), attention);
        ScalarExpr keys = result.copied("keys", a.k(), a.d(), isCopied, unique, known);
        ScalarExpr values = result.copied("values", a.v(), a.e(), isCopied, unique, known);
        return new CopiedRows(
                result.copies, new Attention(a.reading(keys, values), attention.stores(), attention.filled()));
    }

    private ScalarExpr copied(
            String name,
            ScalarExpr program,
            Axis features,
            Predicate<Dim> isCopied,
            UnaryOperator<String> unique,
            Map<ScalarExpr, Buffer> known) {
        AttentionDefinition a = attention.definition();
        List<Axis> axes = new ArrayList<>(a.batch());
        axes.removeIf(axis -> !ScalarExprs.reads(program, axis));
        axes.addAll(List.of(a.j(), features));
        if (!(program instanceof ScalarExpr.Element x) || !areRows(x, axes, isCopied)) {
            return program;
        }
        Shape shape = new Shape(axes.stream().map(Axis::extent).toList());
        ScalarExpr address = IndexSimplifier.address(
                shape, axes.stream().<ScalarExpr>map(ScalarExpr::of).toList());
        // Keys and values may be the same, but for the name of the axis of their features.
        Axis any = new Axis("feature", features.extent());
        ScalarExpr content = ScalarExprs.substitute(program, Map.of(features, ScalarExpr.of(any)));
        Buffer rows = known.computeIfAbsent(content, c -> {
            Buffer buffer = new Buffer(unique.apply(x.buffer().name() + "_rows"), new TensorType(x.type(), shape));
            copies.put(name, new MapFamily(axes, buffer, address, program));
            return buffer;
        });
        return new ScalarExpr.Element(rows, address);
    }

    /** Whether features are neighbours, rows lie too far apart, and no element is copied more than once. */
    private static boolean areRows(ScalarExpr.Element x, List<Axis> axes, Predicate<Dim> isCopied) {
        Stored stored = x.buffer().stored();
        Axis features = axes.getLast();
        Axis rows = axes.get(axes.size() - 2);
        return stored == Stored.of(x.type())
                && axes.stream()
                        .allMatch(axis -> Stride.of(x.address(), axis)
                                .filter(s -> !s.step().isZero())
                                .isPresent())
                && Stride.of(x.address(), features).filter(Stride::isContiguous).isPresent()
                && Stride.of(x.address(), rows)
                        .map(s -> stored.bytes(s.step()))
                        .filter(isCopied)
                        .isPresent();
    }
}
