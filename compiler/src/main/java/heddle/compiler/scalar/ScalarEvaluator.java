package heddle.compiler.scalar;

import heddle.compiler.type.DType;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Evaluates scalar programs in double precision: the reference meaning of what targets generate. Indices and variables
 * are in slots of a frame. A program is translated once and run at every index. Only the chosen branch of a {@code
 * select} is evaluated. A part that occurs several times is evaluated once at each index.
 */
public final class ScalarEvaluator {
    /** A program ready to run on a frame. */
    @FunctionalInterface
    public interface Code {
        double run(double[] frame);
    }

    private final Function<Buffer, double[]> memory;
    private final List<double[]> operands;
    private final Map<String, Long> lengths;
    private final Rounding rounding;
    private final Map<String, Integer> slots = new LinkedHashMap<>();

    /**
     * @param memory  the elements of each buffer
     * @param lengths the bound symbols
     */
    public ScalarEvaluator(Function<Buffer, double[]> memory, Map<String, Long> lengths) {
        this(memory, lengths, Rounding.REAL);
    }

    /** @param rounding of each function */
    public ScalarEvaluator(Function<Buffer, double[]> memory, Map<String, Long> lengths, Rounding rounding) {
        this(memory, List.of(), lengths, rounding);
    }

    /**
     * An evaluator of programs that read operands, not buffers.
     *
     * @param operands the elements of each, by slot
     * @param lengths  the bound symbols
     */
    public ScalarEvaluator(List<double[]> operands, Map<String, Long> lengths) {
        this(
                buffer -> {
                    throw new IllegalArgumentException("a program of operands reads " + buffer);
                },
                operands,
                lengths,
                Rounding.REAL);
    }

    private ScalarEvaluator(
            Function<Buffer, double[]> memory, List<double[]> operands, Map<String, Long> lengths, Rounding rounding) {
        this.memory = memory;
        this.operands = List.copyOf(operands);
        this.lengths = lengths;
        this.rounding = rounding;
    }

    /** The slot of an axis' index. */
    public int slot(Axis axis) {
        return slot("axis " + axis.name());
    }

    /** The slot of a variable. */
    public int slot(ScalarExpr.Variable variable) {
        return slot("variable " + variable.name());
    }

    private int slot(String name) {
        return slots.computeIfAbsent(name, unseen -> slots.size());
    }

    /** A frame for the programs translated so far. */
    public double[] frame() {
        return new double[slots.size()];
    }

    /** The length of an axis. */
    public long extent(Axis axis) {
        return axis.extent().evaluate(lengths);
    }

    /** Translates a program. */
    public Code code(ScalarExpr e) {
        Translation translation = new Translation(ScalarExprs.repeated(e));
        Code code = translation.code(e);
        if (translation.repeated.isEmpty()) {
            return code;
        }
        int run = slot("run");
        return frame -> {
            frame[run]++;
            return code.run(frame);
        };
    }

    /** The translation of one program. @param repeated the parts that occur in it several times */
    private final class Translation {
        private final Set<ScalarExpr> repeated;
        private final Map<ScalarExpr, Code> done = new HashMap<>();

        Translation(Set<ScalarExpr> repeated) {
            this.repeated = repeated;
        }

        Code code(ScalarExpr e) {
            if (!repeated.contains(e)) {
                return computed(e);
            }
            Code known = done.get(e);
            if (known == null) {
                known = kept(
                        computed(e), slot("run"), slot("value " + slots.size()), slot("run of value " + slots.size()));
                done.put(e, known);
            }
            return known;
        }

        /** Computes a value once in each run and keeps it. */
        private Code kept(Code code, int run, int value, int last) {
            return frame -> {
                if (frame[last] != frame[run]) {
                    frame[value] = code.run(frame);
                    frame[last] = frame[run];
                }
                return frame[value];
            };
        }

        private Code computed(ScalarExpr e) {
            return switch (e) {
                case ScalarExpr.Literal l -> constant(l.value());
                case ScalarExpr.IntLiteral i -> constant(i.value());
                case ScalarExpr.Length l -> constant(l.dim().evaluate(lengths));
                case ScalarExpr.Index i -> read(slot(i.axis()));
                case ScalarExpr.Variable v -> read(slot(v));
                case ScalarExpr.Element el -> element(el);
                case ScalarExpr.Read r -> operand(r);
                case ScalarExpr.Apply a -> apply(a);
            };
        }

        private Code element(ScalarExpr.Element el) {
            double[] data = memory.apply(el.buffer());
            Code address = code(el.address());
            return frame -> data[(int) address.run(frame)];
        }

        private Code operand(ScalarExpr.Read r) {
            double[] data = operands.get(r.slot());
            long[] shape = r.tensor().shape().evaluate(lengths);
            Code[] index = r.index().stream().map(this::code).toArray(Code[]::new);
            return frame -> {
                double at = 0;
                for (int axis = 0; axis < index.length; axis++) {
                    at = at * shape[axis] + index[axis].run(frame);
                }
                return data[(int) at];
            };
        }

        private Code apply(ScalarExpr.Apply a) {
            Code[] args = a.args().stream().map(this::code).toArray(Code[]::new);
            Code x = args[0];
            ScalarFn fn = a.fn();
            DType type = a.args().getLast().type();
            if (fn == ScalarFn.CAST) {
                return frame -> ScalarMath.cast(type, a.type(), x.run(frame));
            }
            if (fn == ScalarFn.SELECT) {
                return frame -> x.run(frame) != 0 ? args[1].run(frame) : args[2].run(frame);
            }
            if (fn == ScalarFn.DRAW) {
                return frame -> draw(args, frame);
            }
            Code result = args.length == 1
                    ? frame -> ScalarMath.apply(fn, type, x.run(frame), 0, 0)
                    : frame -> ScalarMath.apply(fn, type, x.run(frame), args[1].run(frame), 0);
            return rounding == Rounding.REAL ? result : frame -> rounding.of(a.type(), result.run(frame));
        }
    }

    private static double draw(Code[] args, double[] frame) {
        long[] n = new long[args.length];
        for (int i = 0; i < n.length; i++) {
            n[i] = (long) args[i].run(frame);
        }
        return Philox.word(n[0], n[1], n[2], n[3], n[4], n[5]);
    }

    private static Code constant(double value) {
        return frame -> value;
    }

    private static Code read(int slot) {
        return frame -> frame[slot];
    }
}
