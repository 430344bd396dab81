package heddle.compiler.backend.jvm.product;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.scalar.Annihilating;

/**
 * A product without vectors: one multiply-add for each pair of factors, in their order; of floats a fused one, which gives the same
 * bits as vectors do.
 *
 * @param type    the Java type of the sums
 * @param rows    of {@code c} and {@code a}: an expression
 * @param depth   the number of terms: an expression
 * @param columns of {@code c} and {@code b}
 */
record Elements(String type, String rows, String depth, int columns, Matrix a, Matrix b, Matrix c) {
    void write(Annihilating zeros, JavaText out) {
        boolean ofB = zeros == Annihilating.RIGHT;
        String needed = zeros == Annihilating.NEITHER ? "" : "x != 0 && ";
        String n = "n < " + columns + "; n++)";
        out.open(ofB ? "for (int k = 0; k < " + depth + "; k++)" : "for (int r = 0; r < " + rows + "; r++)");
        out.open(ofB ? "for (int n = 0; " + n : "for (int k = 0; k < " + depth + "; k++)");
        out.line(type + " x = " + (ofB ? b.element("k", "n") : a.element("r", "k")) + ";");
        out.open(ofB ? "for (int r = 0; " + needed + "r < " + rows + "; r++)" : "for (int n = 0; " + needed + n);
        String sum = c.element("r", "n");
        String left = ofB ? a.element("r", "k") : "x";
        String right = ofB ? "x" : b.element("k", "n");
        out.line(
                zeros == Annihilating.NEITHER
                        ? sum + " += " + left + " * " + right + ";"
                        : sum + " = Math.fma(" + left + ", " + right + ", " + sum + ");");
        out.close().close().close();
    }
}
