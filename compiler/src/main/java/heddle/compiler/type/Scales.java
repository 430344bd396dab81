package heddle.compiler.type;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The scales of a quantised weight: a tensor of {@code f32}, beside the weight in its file. An element's value is what is
 * held for it times its scale.
 *
 * @param per  what has a scale of its own
 * @param name of the tensor of scales in the weight file
 */
public record Scales(Per per, String name) {
    /** Elements of a block. */
    public static final int BLOCK = 32;

    /** The parts of a matrix, the last two axes of a tensor, that have a scale of their own. */
    public enum Per {
        /** Each row: the scales are {@code [.., rows]}. */
        ROW,
        /** Each column: the scales are {@code [.., columns]}. */
        COLUMN,
        /** Each 32 neighbours in a row, the last ones of a row perhaps fewer: {@code [.., rows, ceil(columns / 32)]}. */
        BLOCK;

        /** The name in the language: {@code column}. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** What has this name in the language. */
        public static Optional<Per> named(String text) {
            return Arrays.stream(values()).filter(p -> p.text().equals(text)).findFirst();
        }
    }

    /**
     * The shape of the scales.
     *
     * @param weight the shape of the weight, of two axes at least
     */
    public Shape shape(Shape weight) {
        List<Dim> dims = new ArrayList<>(weight.dims());
        Dim columns = dims.removeLast();
        switch (per) {
            case ROW -> {}
            case COLUMN -> dims.set(dims.size() - 1, columns);
            case BLOCK -> dims.add(columns.ceilDiv(Dim.of(BLOCK)));
        }
        return new Shape(dims);
    }
}
