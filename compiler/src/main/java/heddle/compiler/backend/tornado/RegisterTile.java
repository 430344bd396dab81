package heddle.compiler.backend.tornado;

import heddle.compiler.scalar.Axis;
import heddle.compiler.tile.Tile;
import java.util.Optional;

/**
 * A thread's part of a tile, with one variable for each element.
 *
 * @param prefix  what the variables' names begin with
 * @param column  the axis across the rows; absent for a tile of one value a row, which all threads of the row hold
 * @param rows    of one thread
 * @param columns of one thread
 */
record RegisterTile(Tile tile, String prefix, Optional<Axis> column, int rows, int columns) {
    /** The variable of one element; the column does not matter to a tile that has none. */
    String at(int row, int c) {
        return column.isPresent() ? prefix + row + "_" + c : prefix + row;
    }

    /** How many columns there are to write statements for. */
    int width() {
        return column.isPresent() ? columns : 1;
    }
}
