package heddle.runtime.onnx.operator;

import heddle.compiler.type.Dim;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Term.Items;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.UnsupportedNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A window that moves over the positions of a tensor, one length for each axis behind batch and channels.
 *
 * @param low  elements that are put before an axis
 * @param high elements that are put behind it
 */
record Windows(List<Long> size, List<Long> strides, List<Long> dilations, List<Long> low, List<Long> high) {
    /** @param x what it moves over @param size of the window along each of its axes */
    static Windows of(NodeContext node, Operand x, List<Long> size) {
        int axes = size.size();
        if (x.rank() != axes + 2) {
            throw new UnsupportedNode("a window of " + axes + " axes moves over a tensor of " + x.rank() + " axes");
        }
        List<Long> strides = ints(node, "strides", axes, 1);
        List<Long> dilations = ints(node, "dilations", axes, 1);
        List<Long> pads = ints(node, "pads", 2 * axes, 0);
        List<Long> low = new ArrayList<>(pads.subList(0, axes));
        List<Long> high = new ArrayList<>(pads.subList(axes, 2 * axes));
        String automatic = node.attribute("auto_pad", "NOTSET");
        for (int i = 0; i < axes; i++) {
            long reach = dilations.get(i) * (size.get(i) - 1) + 1;
            if (automatic.startsWith("SAME")) {
                long all = same(x.dims().get(i + 2), strides.get(i), reach);
                low.set(i, automatic.equals("SAME_UPPER") ? all / 2 : all - all / 2);
                high.set(i, all - low.get(i));
            } else if (automatic.equals("VALID")) {
                low.set(i, 0L);
                high.set(i, 0L);
            }
            if (node.attribute("ceil_mode", 0) != 0) {
                high.set(
                        i,
                        high.get(i)
                                + forLastWindow(x.dims().get(i + 2), low.get(i), high.get(i), reach, strides.get(i)));
            }
        }
        return new Windows(size, strides, dilations, low, high);
    }

    private static List<Long> ints(NodeContext node, String name, int count, long otherwise) {
        List<Long> given = node.attributeInts(name).orElse(Collections.nCopies(count, otherwise));
        if (given.size() != count) {
            throw new UnsupportedNode(name + " has " + given.size() + " numbers, not " + count);
        }
        return given;
    }

    /** What is put around an axis, so that a window stands at every stride. */
    private static long same(Dim length, long stride, long reach) {
        if (stride == 1) {
            return reach - 1;
        }
        long n = known(length, "auto_pad=SAME");
        return Math.max(0, (Math.ceilDiv(n, stride) - 1) * stride + reach - n);
    }

    /** What is missing behind an axis for a last window that begins inside it. */
    private static long forLastWindow(Dim length, long low, long high, long reach, long stride) {
        if (stride == 1) {
            return 0;
        }
        long n = known(length, "ceil_mode");
        long windows = Math.ceilDiv(n + low + high - reach, stride) + 1;
        if ((windows - 1) * stride >= n + low) {
            windows--;
        }
        return Math.max(0, (windows - 1) * stride + reach - n - low - high);
    }

    private static long known(Dim length, String what) {
        if (!length.isKnown()) {
            throw new UnsupportedNode(what + " needs a length that is known, not " + length);
        }
        return length.value();
    }

    /** How often the window stands along each axis. */
    List<Dim> count(List<Dim> dims) {
        List<Dim> counts = new ArrayList<>();
        for (int i = 0; i < size.size(); i++) {
            long reach = dilations.get(i) * (size.get(i) - 1) + 1;
            counts.add(dims.get(i + 2)
                    .plus(low.get(i) + high.get(i) - reach)
                    .floorDiv(Dim.of(strides.get(i)))
                    .plus(1));
        }
        return counts;
    }

    /** Arguments for all that is not as a function has it by itself, which is 1 for steps and 0 for margins. */
    List<Object> arguments(boolean alwaysStrides) {
        List<Object> named = new ArrayList<>();
        if (alwaysStrides || strides.stream().anyMatch(s -> s != 1)) {
            named.addAll(List.of("strides", numbers(strides)));
        }
        if (low.stream().anyMatch(p -> p != 0) || high.stream().anyMatch(p -> p != 0)) {
            named.addAll(List.of("pads", pads()));
        }
        if (dilations.stream().anyMatch(d -> d != 1)) {
            named.addAll(List.of("dilations", numbers(dilations)));
        }
        return named;
    }

    private Term pads() {
        if (low.equals(high) && isOne(low)) {
            return Terms.whole(low.getFirst());
        }
        List<Term> pairs = new ArrayList<>();
        for (int i = 0; i < low.size(); i++) {
            pairs.add(Terms.wholes(List.of(low.get(i), high.get(i))));
        }
        return new Items(pairs);
    }

    /** One number where all axes have the same. */
    static Term numbers(List<Long> values) {
        return isOne(values) ? Terms.whole(values.getFirst()) : Terms.wholes(values);
    }

    private static boolean isOne(List<Long> values) {
        return values.stream().distinct().count() == 1;
    }
}
