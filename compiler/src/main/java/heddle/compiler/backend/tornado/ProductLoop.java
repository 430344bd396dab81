package heddle.compiler.backend.tornado;

import heddle.compiler.backend.source.JavaText;
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
        for (int r = 0; r < result.rows(); r++) {
            if (dot.zerosAnnihilate()) {
                out.open("if (" + a + r + " != " + rows.storage().zero() + ")");
            }
            for (int c = 0; c < result.width(); c++) {
                String element = result.at(r, c);
                out.line(element + " = " + element + " + " + product(result, a + r, b + c, rows, columns) + ";");
            }
            if (dot.zerosAnnihilate()) {
                out.close();
            }
        }
        out.close();
    }

    /** A product in the type that is summed up in. */
    private static String product(RegisterTile result, String a, String b, LocalArray rows, LocalArray columns) {
        Storage storage = Storage.of(result.tile().type());
        String wide = "(" + storage.variable() + ") ";
        return (rows.storage() == storage ? "" : wide) + a + " * " + (columns.storage() == storage ? "" : wide) + b;
    }
}
