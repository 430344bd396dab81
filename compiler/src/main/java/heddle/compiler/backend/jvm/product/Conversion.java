package heddle.compiler.backend.jvm.product;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.jvm.text.ClassText;
import heddle.compiler.backend.jvm.text.Lanes;
import heddle.compiler.backend.jvm.text.PackedElement;
import heddle.compiler.type.Stored;
import java.util.List;

/**
 * The methods that convert rows of packed elements to floats.
 *
 * @param width elements in a row: a multiple of the lanes
 */
record Conversion(Stored stored, int width, Lanes lanes, ClassText members) {
    private String parameters() {
        return PackedElement.type(stored) + "[] from, int at, float[] to, int ";
    }

    private boolean inLanes() {
        return stored.hasLanes(lanes.count());
    }

    /** The method that converts elements; their number is a multiple of the lanes. */
    String widened() {
        return members.shared(
                stored,
                "widen",
                "Converts {@code length} elements of {@code " + stored + "}.",
                "void",
                parameters() + "toAt, int length",
                out -> {
                    out.open("for (int i = 0; i < length; i" + (inLanes() ? " += " + lanes.count() : "++") + ")");
                    out.line(
                            inLanes()
                                    ? vector("at + i") + ".intoArray(to, toAt + i);"
                                    : "to[toAt + i] = " + single("at + i") + ";");
                    out.close();
                });
    }

    /** The method that converts rows of elements, and multiplies them with their scales. */
    String scaled(ProductMethods.Scaling scaling) {
        return members.shared(
                List.of(stored, width, scaling),
                "scaled",
                "Converts {@code rows} rows of {@code " + stored + "}, times scales: one for " + scaling.depth()
                        + " rows and " + scaling.columns() + " columns.",
                "void",
                parameters() + "rows, float[] s, int sAt, int first",
                out -> writeScaled(scaling, out));
    }

    private void writeScaled(ProductMethods.Scaling scaling, JavaText out) {
        out.open("for (int r = 0; r < rows; r++)");
        out.line("int p = at + r * " + width + ";");
        out.line("int q = r * " + width + ";");
        String row = scaling.depth() == 1 ? "(first + r)" : "(first + r) / " + scaling.depth();
        out.line("int f = sAt + " + row + " * " + scaling.step() + ";");
        for (int n = 0; inLanes() && n < width; n += lanes.count()) {
            String scale = scaling.columns() == 1
                    ? "FloatVector.fromArray(F, s, f + " + n + ")"
                    : "s[f + " + n / scaling.columns() + "]";
            out.line(vector("p + " + n) + ".mul(" + scale + ").intoArray(to, q + " + n + ");");
        }
        if (!inLanes()) {
            out.open("for (int n = 0; n < " + width + "; n++)");
            out.line("to[q + n] = " + single("p + n") + " * s[f + n / " + scaling.columns() + "];");
            out.close();
        }
        out.close();
    }

    private String vector(String at) {
        return PackedElement.vector(lanes, stored, "from", at, members);
    }

    private String single(String at) {
        return PackedElement.loaded(stored, "from", at, members.support());
    }
}
