package heddle.compiler.scheduled;

import heddle.compiler.index.BlockStrides;
import heddle.compiler.index.ScaledBlock;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.Rounding;
import heddle.compiler.scalar.ScalarEvaluator;
import heddle.compiler.scalar.ScalarEvaluator.Code;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Variable;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.ScalarMath;
import heddle.compiler.scheduled.WorkerMemory.Range;
import heddle.compiler.type.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Executes a scheduled kernel in double precision, so that a fault of a scheduler is found before code is written.
 *
 * <ul>
 *   <li>A worker's memory holds NaN when a block begins: what is read must have been written, but for what padding computes.
 *   <li>Lanes run one after another, each with values of its own.
 *   <li>A block of a masked loop is skipped where the mask is nowhere true, and full where it is true everywhere.
 *   <li>Factors that are read in place are addressed by their strides from the first element of the block.
 *   <li>An element of a result is stored once.
 *   <li>Rows at once, slices and the tree of an exchange change no more than the order of sums: they are not followed.
 * </ul>
 */
public final class ScheduledInterpreter {
    /** An action ready to run. */
    private interface Step {
        void run();
    }

    private final ScheduledKernel kernel;
    private final Function<Buffer, double[]> arguments;
    private final Map<String, Long> lengths;
    private final ScalarEvaluator evaluator;
    private final WorkerMemory worker;
    private final Map<Buffer, BitSet> stored = new HashMap<>();
    private double[] frame = {};
    private boolean full;

    private ScheduledInterpreter(
            ScheduledKernel kernel, Function<Buffer, double[]> arguments, Map<String, Long> lengths) {
        this.kernel = kernel;
        this.arguments = arguments;
        this.lengths = lengths;
        this.evaluator = new ScalarEvaluator(this::memory, lengths, Rounding.REAL);
        this.worker = new WorkerMemory(kernel.tiles(), this::rows, axis -> (int) evaluator.extent(axis));
    }

    /**
     * Runs a kernel; {@link GroupInterpreter} runs those of devices. Afterwards its results are in memory.
     *
     * @param arguments the elements of every buffer that is read or written, row-major; those of written buffers are zero
     * @param lengths   the bound symbols
     * @throws IllegalStateException when it stores an element twice, or leaves the memory of a tile
     */
    public static void run(ScheduledKernel kernel, Function<Buffer, double[]> arguments, Map<String, Long> lengths) {
        if (kernel.grid().isPresent()) {
            GroupInterpreter.run(kernel, arguments, lengths);
        } else {
            new ScheduledInterpreter(kernel, arguments, lengths).run();
        }
    }

    private double[] memory(Buffer buffer) {
        return worker.has(buffer) ? worker.elements(buffer) : arguments.apply(buffer);
    }

    private void run() {
        kernel.tiles().forEach(tile -> evaluator.slot(WorkerMemory.origin(tile)));
        kernel.kernel().parallel().forEach(evaluator::slot);
        Step body = steps(kernel.body());
        frame = evaluator.frame();
        blocks(kernel.kernel().parallel(), body);
    }

    private int rows(Axis axis) {
        int block = kernel.kernel().block(axis);
        return block > 1 ? block : Math.toIntExact(evaluator.extent(axis));
    }

    private void blocks(List<Axis> axes, Step body) {
        if (axes.isEmpty()) {
            worker.forget();
            place();
            body.run();
            return;
        }
        Axis axis = axes.getFirst();
        int size = kernel.kernel().block(axis);
        long extent = evaluator.extent(axis);
        for (long at = 0; at < extent; at += size) {
            frame[evaluator.slot(axis)] = at;
            if (size > 1) {
                worker.open(axis, new Range(at, Math.min(at + size, extent)));
            }
            blocks(axes.subList(1, axes.size()), body);
        }
        worker.close(axis);
    }

    private void place() {
        worker.origins((tile, origin) -> frame[evaluator.slot(WorkerMemory.origin(tile))] = origin);
    }

    private Step steps(List<Action> actions) {
        List<Step> steps = new ArrayList<>();
        actions.forEach(a -> steps.add(step(a)));
        return () -> steps.forEach(Step::run);
    }

    private Step step(Action action) {
        return switch (action) {
            case Action.For f -> loop(f);
            case Action.Let l -> {
                int slot = evaluator.slot(l.variable());
                Code value = code(l.value());
                yield () -> frame[slot] = value.run(frame);
            }
            case Action.Begin b -> {
                int slot = evaluator.slot(b.result());
                double neutral = ScalarMath.neutral(b.kind(), b.result().type());
                yield () -> frame[slot] = neutral;
            }
            case Action.Fold f -> {
                int slot = evaluator.slot(f.result());
                Code value = code(f.value());
                yield () -> frame[slot] = f.of(frame[slot], value.run(frame));
            }
            case Action.Exchange e -> () -> {};
            case Action.Store s -> store(s);
            case Action.Add a -> {
                Code address = code(a.address());
                Code value = code(a.value());
                ScalarFn fn = ScalarMath.combine(a.kind());
                DType type = a.to().type().dtype();
                yield () -> {
                    double[] data = memory(a.to());
                    int at = (int) address.run(frame);
                    data[at] = ScalarMath.apply(fn, type, data[at], value.run(frame), 0);
                };
            }
            case Action.Clear c -> () -> Arrays.fill(memory(c.tile().buffer()), 0);
            case Action.ClearRow c -> {
                int slot = evaluator.slot(c.tile().row().orElseThrow());
                yield () -> {
                    int row = (int) (frame[slot]
                                    - worker.range(c.tile().row().orElseThrow()).from())
                            * c.tile().width();
                    Arrays.fill(memory(c.tile().buffer()), row, row + c.tile().width(), 0);
                };
            }
            case Action.Method m -> steps(m.body());
            case Action.Product p -> product(p);
            case Action.RowDots d ->
                rowProduct(d.products(), d.left(), d.right(), d.over(), Annihilating.NEITHER, true, d.rows());
            case Action.RowSums s ->
                rowProduct(
                        s.sums(),
                        s.left(),
                        s.right(),
                        s.over(),
                        s.zeros() ? Annihilating.LEFT : Annihilating.NEITHER,
                        false,
                        s.rows());
            case Action.Blocks b -> blocks(b);
            case Action.Partial p -> {
                Step body = steps(p.body());
                yield () -> {
                    if (!full) {
                        body.run();
                    }
                };
            }
            default -> throw new IllegalStateException("not an action of a processor: " + action);
        };
    }

    private Step loop(Action.For f) {
        int slot = evaluator.slot(f.axis());
        Function<Range, Range> span = span(f.axis(), f.span());
        Step body = steps(f.body());
        return () -> {
            Range range = span.apply(worker.range(f.axis()));
            double before = frame[slot];
            for (long at = range.from(); at < range.to(); at++) {
                frame[slot] = at;
                body.run();
            }
            frame[slot] = before;
        };
    }

    private Function<Range, Range> span(Axis axis, Span span) {
        return switch (span) {
            case Span.Whole whole -> current -> new Range(0, evaluator.extent(axis));
            case Span.Block block -> current -> worker.block(axis);
            case Span.Padded p ->
                current ->
                        new Range(worker.block(axis).from(), worker.block(axis).from() + p.size());
            case Span.Between b -> {
                Code from = code(b.from());
                Code to = code(b.to());
                yield current -> new Range((long) from.run(frame), (long) to.run(frame));
            }
            case Span.Steps s -> throw new IllegalStateException("not a loop of a processor: " + axis);
        };
    }

    private Step blocks(Action.Blocks b) {
        Function<Range, Range> span = span(b.axis(), b.span());
        int slot = evaluator.slot(b.axis());
        List<Axis> masked = new ArrayList<>();
        Code mask = b.mask().map(m -> code(m.program())).orElse(f -> 1);
        b.mask()
                .ifPresent(m -> ScalarExprs.visit(m.program(), e -> {
                    if (e instanceof ScalarExpr.Index i) {
                        masked.add(i.axis());
                    }
                }));
        Step body = steps(b.body());
        return () -> {
            Range all = span.apply(worker.range(b.axis()));
            boolean outer = full;
            for (long at = all.from(); at < all.to(); at += b.size()) {
                worker.open(b.axis(), new Range(at, Math.min(at + b.size(), all.to())));
                frame[slot] = at;
                place();
                Set<Boolean> truths = new HashSet<>();
                each(
                        masked.stream().filter(worker::isOpen).distinct().toList(),
                        () -> truths.add(mask.run(frame) != 0));
                full = !truths.contains(false);
                if (truths.contains(true)) {
                    body.run();
                }
            }
            worker.close(b.axis());
            full = outer;
        };
    }

    private void each(List<Axis> axes, Step step) {
        if (axes.isEmpty()) {
            step.run();
            return;
        }
        int slot = evaluator.slot(axes.getFirst());
        double before = frame[slot];
        Range range = worker.range(axes.getFirst());
        for (long at = range.from(); at < range.to(); at++) {
            frame[slot] = at;
            each(axes.subList(1, axes.size()), step);
        }
        frame[slot] = before;
    }

    private Step store(Action.Store s) {
        Code address = code(worker.address(s.to(), s.address()));
        Code value = code(s.value());
        boolean isLocal = worker.has(s.to());
        BitSet before = stored.computeIfAbsent(s.to(), b -> new BitSet());
        return () -> {
            int at = (int) address.run(frame);
            if (!isLocal && before.get(at)) {
                throw new IllegalStateException("element " + at + " of " + s.to() + " is stored twice");
            }
            before.set(at);
            memory(s.to())[at] = value.run(frame);
        };
    }

    private Step product(Action.Product p) {
        Axis row = p.sums().row().orElseThrow();
        Axis lane = p.sums().lane();
        evaluator.slot(row);
        evaluator.slot(lane);
        evaluator.slot(p.over());
        ToDoubleFunction<double[]> spread = factor(p.spread(), List.of(row, p.over()));
        ToDoubleFunction<double[]> vectors = factor(p.vectors(), List.of(p.over(), lane));
        return multiply(p.sums(), List.of(row, lane), p.over(), spread, vectors, p.zeros(), p.isFresh());
    }

    private Step rowProduct(
            PlacedTile sums,
            PlacedTile left,
            BlockStrides right,
            Axis over,
            Annihilating zeros,
            boolean isFresh,
            int rows) {
        Axis row = sums.row().orElseThrow();
        evaluator.slot(row);
        evaluator.slot(sums.lane());
        evaluator.slot(over);
        ToDoubleFunction<double[]> a = factor(new Action.Operand.Placed(left), List.of(row, over));
        ToDoubleFunction<double[]> b = factor(new Action.Operand.InPlace(right), List.of(sums.lane(), over));
        Step multiply = multiply(sums, List.of(row, sums.lane()), over, a, b, zeros, isFresh);
        return () -> {
            Range range = worker.range(row);
            if (range.to() - range.from() != rows) {
                throw new IllegalStateException(rows + " rows for " + range);
            }
            multiply.run();
        };
    }

    private Step multiply(
            PlacedTile sums,
            List<Axis> axes,
            Axis over,
            ToDoubleFunction<double[]> a,
            ToDoubleFunction<double[]> b,
            Annihilating zeros,
            boolean isFresh) {
        Code address = code(worker.address(sums.buffer(), sums.address()));
        DType type = sums.buffer().type().dtype();
        return () -> each(axes, () -> {
            int at = (int) address.run(frame);
            double[] sum = {isFresh ? 0 : memory(sums.buffer())[at]};
            each(List.of(over), () -> {
                double term = zeros.multiply(a.applyAsDouble(frame), b.applyAsDouble(frame));
                sum[0] = type.isInt() ? ScalarMath.apply(ScalarFn.ADD, type, sum[0], term, 0) : sum[0] + term;
            });
            memory(sums.buffer())[at] = sum[0];
        });
    }

    /** The element of a factor at the current indexes of {@code axes}. */
    private ToDoubleFunction<double[]> factor(Action.Operand operand, List<Axis> axes) {
        return switch (operand) {
            case Action.Operand.Placed p -> {
                Code element = code(p.tile().element());
                yield element::run;
            }
            case Action.Operand.InPlace in -> inPlace(in.block(), axes);
            case Action.Operand.Scaled s -> scaled(s.block(), axes);
        };
    }

    private ToDoubleFunction<double[]> inPlace(BlockStrides block, List<Axis> axes) {
        Code start = code(block.start());
        long[] strides =
                axes.stream().mapToLong(a -> block.along(a).evaluate(lengths)).toArray();
        int[] slots = axes.stream().mapToInt(evaluator::slot).toArray();
        return f -> {
            double[] first = f.clone();
            long moved = 0;
            for (int n = 0; n < slots.length; n++) {
                long from = worker.range(axes.get(n)).from();
                moved += ((long) f[slots[n]] - from) * strides[n];
                first[slots[n]] = from;
            }
            return memory(block.buffer())[(int) (start.run(first) + moved)];
        };
    }

    /** @param axes the summed axis, then that of the columns */
    private ToDoubleFunction<double[]> scaled(ScaledBlock block, List<Axis> axes) {
        ToDoubleFunction<double[]> held = inPlace(block.held(), axes);
        Code start = code(block.start());
        int over = evaluator.slot(axes.getFirst());
        int column = evaluator.slot(axes.getLast());
        long step = block.step().evaluate(lengths);
        return f -> {
            double[] first = f.clone();
            first[column] = worker.range(axes.getLast()).from();
            long moved =
                    (long) f[over] / block.depth() * step + ((long) f[column] - (long) first[column]) / block.columns();
            return held.applyAsDouble(f) * memory(block.scales())[(int) (start.run(first) + moved)];
        };
    }

    /** A program whose elements of tiles are those of their current blocks. */
    private Code code(ScalarExpr program) {
        ScalarExprs.visit(program, e -> {
            switch (e) {
                case Variable v -> evaluator.slot(v);
                case ScalarExpr.Index i -> evaluator.slot(i.axis());
                default -> {}
            }
        });
        return evaluator.code(ScalarExprs.transform(
                program,
                e -> e instanceof ScalarExpr.Element x
                        ? new ScalarExpr.Element(x.buffer(), worker.address(x.buffer(), x.address()))
                        : e));
    }
}
