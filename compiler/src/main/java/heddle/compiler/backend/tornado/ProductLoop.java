package heddle.compiler.backend.tornado;

import heddle.compiler.backend.source.JavaText;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.tile.TileExpr;

/**
 * Writes the innermost loop of a matmul. Each step reads a thread's rows and columns once and multiplies all of them.
 */
record ProductLoop(Geometry geometry, DeviceScope scope) {
    /** @param part where a slice begins in an operand that is there as a whole, zero without slices */
    void write(RegisterTile result, LocalArray rows, LocalArray columns, TileExpr.Dot dot, String part, JavaText out) {
        String at = scope.fresh(dot.over().name());
        int depth = Math.min(rows.overWidth(), columns.overWidth());
        out.open("for (int " + at + " = 0; " + at + " < " + depth + "; " + at + "++)");
        String inRows = rows.overWidth() == depth ? at : "(" + part + " + " + at + ")";
        String inColumns = columns.overWidth() == depth ? at : "(" + part + " + " + at + ")";
        String a = scope.fresh(dot.a().name());
        String b = scope.fresh(dot.b().name());
        for (int r = 0; r < result.rows(); r++) {
            out.line(rows.storage().variable() + " " + a + r + " = " + rows.name() + "[" + inRows + " * " + rows.pitch()
                    + " + row" + (r == 0 ? "" : " + " + r) + "];");
        }
        for (int c = 0; c < result.width(); c++) {
            int skip = c * geometry.threadColumns();
            out.line(columns.storage().variable() + " " + b + c + " = " + columns.name() + "[" + inColumns + " * "
                    + columns.pitch() + " + column" + (skip == 0 ? "" : " + " + skip) + "];");
        }
        Factor left = new Factor(a, result.rows(), rows);
        Factor right = new Factor(b, result.width(), columns);
        boolean byColumn = dot.zeros() == Annihilating.RIGHT;
        Factor outer = byColumn ? right : left;
        for (int o = 0; o < outer.count; o++) {
            if (dot.zeros() != Annihilating.NEITHER) {
                out.open(
                        "if (" + outer.name + o + " != " + outer.array.storage().zero() + ")");
            }
            for (int i = 0; i < (byColumn ? left : right).count; i++) {
                int r = byColumn ? i : o;
                int c = byColumn ? o : i;
                String element = result.at(r, c);
                out.line(element + " = " + element + " + " + product(result, a + r, b + c, rows, columns) + ";");
            }
            if (dot.zeros() != Annihilating.NEITHER) {
                out.close();
            }
        }
        out.close();
    }

    /** The variables of one step that hold a thread's elements of a factor. */
    private record Factor(String name, int count, LocalArray array) {}

    /** A product in the type that is summed up in. */
    private static String product(RegisterTile result, String a, String b, LocalArray rows, LocalArray columns) {
        Storage storage = Storage.of(result.tile().type());
        String wide = "(" + storage.variable() + ") ";
        return (rows.storage() == storage ? "" : wide) + a + " * " + (columns.storage() == storage ? "" : wide) + b;
    }
}
