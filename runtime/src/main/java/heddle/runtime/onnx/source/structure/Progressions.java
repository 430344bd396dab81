package heddle.runtime.onnx.source.structure;

import heddle.compiler.type.Dim;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.structure.step.NameTemplate;
import heddle.runtime.onnx.source.structure.step.Sums;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whole numbers, one for each of some pieces that are alike, that follow from others. */
final class Progressions {
    private Progressions() {}

    /** The numbers less what all have in common; empty when they do not differ by numbers alone. */
    static Optional<long[]> differences(List<Dim> dims) {
        long[] out = new long[dims.size()];
        Dim common = dims.getFirst().minus(Sums.constant(dims.getFirst()));
        for (int i = 0; i < out.length; i++) {
            out[i] = Sums.constant(dims.get(i));
            if (!dims.get(i).equals(common.plus(out[i]))) {
                return Optional.empty();
            }
        }
        return Optional.of(out);
    }

    static boolean isConstant(long[] column) {
        for (long x : column) {
            if (x != column[0]) {
                return false;
            }
        }
        return true;
    }

    static long range(long[] column) {
        long low = column[0];
        long high = column[0];
        for (long x : column) {
            low = Math.min(low, x);
            high = Math.max(high, x);
        }
        return high - low;
    }

    /** {@code factor * base + start} that is the column everywhere; it never falls where the base grows. */
    static Optional<Line> line(long[] base, long[] column) {
        int other = 0;
        while (other < base.length && base[other] == base[0]) {
            other++;
        }
        if (other == base.length) {
            return isConstant(column) ? Optional.of(new Line(0, column[0])) : Optional.empty();
        }
        long run = base[other] - base[0];
        long rise = column[other] - column[0];
        if (rise % run != 0 || rise / run < 0) {
            return Optional.empty();
        }
        long factor = rise / run;
        long start = column[0] - factor * base[0];
        for (int i = 0; i < base.length; i++) {
            if (column[i] != factor * base[i] + start) {
                return Optional.empty();
            }
        }
        return Optional.of(new Line(factor, start));
    }

    record Line(long factor, long start) {
        Dim of(String name) {
            return Dim.symbol(name).times(factor).plus(start);
        }
    }

    static <T> boolean allEqual(List<T> values) {
        return values.stream().allMatch(values.getFirst()::equals);
    }

    /** The texts of one leaf in all pieces. */
    static List<NameTemplate> templates(List<Leaf> column) {
        List<NameTemplate> out = new ArrayList<>();
        column.forEach(leaf -> out.add(((Leaf.Words) leaf).template()));
        return out;
    }

    /** One number of a text in all pieces. */
    static List<Dim> numbers(List<NameTemplate> templates, int index) {
        return templates.stream().map(t -> t.numbers().get(index)).toList();
    }

    static List<List<Leaf>> transposed(List<List<Leaf>> rows) {
        List<List<Leaf>> columns = new ArrayList<>();
        for (int j = 0; j < rows.getFirst().size(); j++) {
            int column = j;
            columns.add(rows.stream().map(row -> row.get(column)).toList());
        }
        return columns;
    }

    /** A leaf as the term that writes it. */
    static Term term(Leaf leaf) {
        return switch (leaf) {
            case Leaf.Words words -> new Term.Text(words.template().text());
            case Leaf.Amount amount -> amount.literal();
            case Leaf.Length length -> new Term.Length(length.dim());
        };
    }
}
