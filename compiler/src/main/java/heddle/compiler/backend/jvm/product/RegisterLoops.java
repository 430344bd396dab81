package heddle.compiler.backend.jvm.product;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.jvm.text.Lanes;
import heddle.compiler.scheduled.RegisterBlock;
import heddle.compiler.scheduled.RegisterBlock.Step;
import java.util.List;
import java.util.function.Consumer;

/**
 * Loops over the rows and columns of a tile, whose sums are in registers some at a time. Steps with as many vectors go through columns
 * together, so that a cache has the factors that all of them read; those of few rows, which have more vectors, go after them.
 *
 * @param width columns of the tile
 */
record RegisterLoops(RegisterBlock registers, int width, Lanes lanes) {
    /** Writes the call for the sums of a step, which begin at a row and a column. */
    interface Calls {
        void write(Step step, String row, String column);
    }

    void write(Calls calls, JavaText out) {
        if (registers.overlaps()) {
            writeColumns(registers.most().vectors(), out, column -> writeOverlapping(column, calls, out));
            return;
        }
        List<List<Step>> steps = registers.byVectors();
        List<Step> wide = steps.stream().skip(1).flatMap(List::stream).toList();
        writeHalving(steps.getFirst(), wide, calls, out);
    }

    /** Writes something for all columns, some vectors at a time, by the first of them. */
    private void writeColumns(int vectors, JavaText out, Consumer<String> write) {
        int columns = vectors * lanes.count();
        if (columns == width) {
            write.accept("0");
            return;
        }
        out.open("for (int n = 0; n < " + width + "; n += " + columns + ")");
        write.accept("n");
        out.close();
    }

    private void writeHalving(List<Step> together, List<Step> wide, Calls calls, JavaText out) {
        boolean isOne = together.size() == 1 && wide.isEmpty();
        if (!wide.isEmpty()) {
            out.line("int r = 0;");
        }
        writeColumns(registers.most().vectors(), out, column -> {
            if (wide.isEmpty() && !isOne) {
                out.line("int r = 0;");
            }
            String first = isOne ? "int r = 0" : wide.isEmpty() ? "" : "r = 0";
            for (Step step : together) {
                openRows(step, step == together.getFirst() ? first : "", out);
                calls.write(step, "r", column);
                out.close();
            }
        });
        for (Step step : wide) {
            openRows(step, "", out);
            writeColumns(step.vectors(), out, column -> calls.write(step, "r", column));
            out.close();
        }
    }

    private static void openRows(Step step, String first, JavaText out) {
        out.open("for (" + first + "; r + " + step.rows() + " <= rows; r += " + step.rows() + ")");
    }

    /** The last rows are computed with some before them. */
    private void writeOverlapping(String column, Calls calls, JavaText out) {
        int above = 0;
        for (Step step : registers.steps()) {
            int rows = step.rows();
            String some = (above == 0 ? "" : " && rows < " + above) + (rows == 1 ? "" : " && rows >= " + rows);
            out.open("for (int r = 0; r < rows" + some + "; r += " + rows + ")");
            if (rows > 1) {
                out.line("int first = Math.min(r, rows - " + rows + ");");
            }
            calls.write(step, rows > 1 ? "first" : "r", column);
            out.close();
            above = rows;
        }
    }
}
