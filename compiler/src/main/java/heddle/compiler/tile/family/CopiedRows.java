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
     * @param isCopied whether rows are copied that lie so many elements apart
     * @param unique   makes names of buffers unique
     */
    public static CopiedRows of(Attention attention, Predicate<Dim> isCopied, UnaryOperator<String> unique) {
        AttentionDefinition a = attention.definition();
        SequencedMap<String, MapFamily> copies = new LinkedHashMap<>();
        ScalarExpr keys = copied("keys", a.k(), a, a.d(), isCopied, unique, copies);
        ScalarExpr values = copied("values", a.v(), a, a.e(), isCopied, unique, copies);
        return new CopiedRows(copies, new Attention(a.reading(keys, values), attention.stores()));
    }

    private static ScalarExpr copied(
            String name,
            ScalarExpr program,
            AttentionDefinition a,
            Axis features,
            Predicate<Dim> isCopied,
            UnaryOperator<String> unique,
            SequencedMap<String, MapFamily> copies) {
        boolean isRow = program instanceof ScalarExpr.Element x
                && x.buffer().stored() == Stored.of(x.type())
                && Stride.of(x.address(), features).filter(Stride::isContiguous).isPresent()
                && Stride.of(x.address(), a.j())
                        .map(Stride::step)
                        .filter(isCopied)
                        .isPresent();
        if (!isRow) {
            return program;
        }
        List<Axis> axes = new ArrayList<>(a.batch());
        axes.removeIf(axis -> !ScalarExprs.reads(program, axis));
        axes.addAll(List.of(a.j(), features));
        Shape shape = new Shape(axes.stream().map(Axis::extent).toList());
        Buffer read = ((ScalarExpr.Element) program).buffer();
        Buffer rows = new Buffer(unique.apply(read.name() + "_rows"), new TensorType(program.type(), shape));
        ScalarExpr address = IndexSimplifier.address(
                shape, axes.stream().<ScalarExpr>map(ScalarExpr::of).toList());
        copies.put(name, new MapFamily(axes, rows, address, program));
        return new ScalarExpr.Element(rows, address);
    }
}
