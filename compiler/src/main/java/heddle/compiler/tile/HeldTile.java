package heddle.compiler.tile;

import heddle.compiler.scalar.Axis;
import java.util.Arrays;
import java.util.Map;

/** The elements of one tile while a program is interpreted: those of the blocks that were current when it was defined, and no more. */
final class HeldTile {
    private final Tile tile;
    private final int[] slots;
    private final long[] first;
    private final int[] sizes;
    private double[] elements = {};

    /** @param slots of the indexes of its axes, in a frame */
    HeldTile(Tile tile, int[] slots) {
        this.tile = tile;
        this.slots = slots;
        this.first = new long[slots.length];
        this.sizes = new int[slots.length];
    }

    Tile tile() {
        return tile;
    }

    /** Makes room for the block at {@code ranges}. */
    void allocate(Map<Axis, IndexRange> ranges) {
        int size = 1;
        for (int at = 0; at < slots.length; at++) {
            IndexRange range = ranges.get(tile.axes().get(at));
            first[at] = range.from();
            sizes[at] = Math.toIntExact(range.length());
            size = Math.multiplyExact(size, sizes[at]);
        }
        elements = new double[size];
    }

    /** Takes over the block and the elements of another tile with the same axes. */
    void copy(HeldTile other) {
        System.arraycopy(other.first, 0, first, 0, first.length);
        System.arraycopy(other.sizes, 0, sizes, 0, sizes.length);
        elements = other.elements.clone();
    }

    /** A copy of the elements. */
    double[] elements() {
        return elements.clone();
    }

    void restore(double[] kept) {
        elements = kept;
    }

    void fill(double value) {
        Arrays.fill(elements, value);
    }

    double get(double[] frame) {
        return elements[place(frame)];
    }

    void set(double[] frame, double value) {
        elements[place(frame)] = value;
    }

    private int place(double[] frame) {
        int place = 0;
        for (int at = 0; at < slots.length; at++) {
            long index = (long) frame[slots[at]] - first[at];
            if (index < 0 || index >= sizes[at]) {
                throw new IllegalStateException("index " + (long) frame[slots[at]] + " along "
                        + tile.axes().get(at) + " is not in the block of " + tile);
            }
            place = place * sizes[at] + (int) index;
        }
        return place;
    }
}
