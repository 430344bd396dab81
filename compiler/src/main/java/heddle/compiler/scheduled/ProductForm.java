package heddle.compiler.scheduled;

import heddle.compiler.scalar.Axis;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/** How a product of tiles is computed: what is in registers at once, and what stays in a cache meanwhile. */
public sealed interface ProductForm {
    /**
     * Blocks of rows, lanes along the columns.
     *
     * @param slice    of packed terms; empty when terms are not packed
     * @param fetch    when the right factor's block is read before, as a whole
     * @param prefetch when its terms are asked for meanwhile, in place of that
     */
    record Blocks(RegisterBlock registers, Optional<Slice> slice, Optional<Fetch> fetch, Optional<Prefetch> prefetch)
            implements ProductForm {}

    /**
     * A block that is read ahead of products, so that a cache has it.
     *
     * @param rows  where the product has fewer, they take longer to read it than to compute
     * @param axis  a block of it is current; those that follow find what was read for the first
     * @param every indexes of the axis from one first block to the next; zero where only the block that begins at zero is first
     */
    record Fetch(int rows, Axis axis, int every) {}

    /**
     * Terms that a cache is asked for while those before them are multiplied, by a block that has all rows.
     *
     * @param rows      where there are fewer, terms are read as they are computed
     * @param terms     that are asked for, and multiplied, at a time
     * @param registers of their products, which add to sums
     */
    record Prefetch(int rows, int terms, RegisterBlock registers) {}

    /**
     * Packed terms that are converted at once, for all rows.
     *
     * @param above where there are no more rows than that, terms are converted in registers instead
     */
    record Slice(int terms, int above) {}

    /**
     * Few rows, which share rows of the right factor.
     *
     * @param blocks what is in registers at once, until all rows are computed
     * @param chunk  rows of the right factor that all rows are multiplied with, one chunk after another
     * @param pairs  where lanes run along what is summed, the pairs of rows in a vector: with fewer rows of the right factor, each pair
     *               is computed alone. Zero where lanes run along the columns.
     */
    record FewRows(List<Few> blocks, int chunk, int pairs) implements ProductForm {
        public boolean hasLanesAlongSum() {
            return pairs > 0;
        }

        /** Whether a chunk is read by several blocks; one block that adds to its sums takes all rows of the right factor at once. */
        public boolean isShared() {
            return hasLanesAlongSum() || blocks.size() > 1;
        }

        public int rows() {
            return blocks.stream().mapToInt(Few::rows).sum();
        }
    }

    /**
     * Some of few rows.
     *
     * @param others what each of them is multiplied with at once: rows of the right factor, or vectors of its columns
     */
    record Few(int rows, int others) {
        /**
         * Blocks that have all rows.
         *
         * @param most   rows of the first; others have half of that, and half of those
         * @param others what a block of some rows has
         */
        static List<Few> of(int rows, int most, IntUnaryOperator others) {
            List<Few> blocks = new ArrayList<>();
            int left = rows;
            for (int size = Integer.highestOneBit(most); size > 0; size /= 2) {
                for (; left >= size; left -= size) {
                    blocks.add(new Few(size, others.applyAsInt(size)));
                }
            }
            return blocks;
        }
    }
}
