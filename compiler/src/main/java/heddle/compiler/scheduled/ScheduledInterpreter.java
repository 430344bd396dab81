package heddle.compiler.scheduled;

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
import heddle.compiler.tile.LoopMask;
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
import java.util.function.Supplier;

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
    private final OperandElements operands;
    private final Map<Buffer, BitSet> stored = new HashMap<>();
    private double[] frame = {};
    private boolean full;

    /** Whether blocks that hold nothing but filled scores are left out. */
    private boolean isSparse;

    /** Whether one was. */
    private boolean isLeft;

    /** The values of the mask of the loop whose body becomes steps. */
    private Supplier<Set<Boolean>> truths = Set::of;

    private ScheduledInterpreter(
            ScheduledKernel kernel, Function<Buffer, double[]> arguments, Map<String, Long> lengths) {
        this.kernel = kernel;
        this.arguments = arguments;
        this.lengths = lengths;
        this.evaluator = new ScalarEvaluator(this::memory, lengths, Rounding.REAL);
        this.worker = new WorkerMemory(kernel.tiles(), this::rows, axis -> (int) evaluator.extent(axis));
        this.operands = new OperandElements(worker, evaluator, lengths, this::memory, this::code);
    }

    /**
     * Runs a kernel; {@link GroupInterpreter} runs those of devices. Afterwards its results are in memory.
     *
     * @param arguments the elements of every buffer that is read or written, row-major; those of written buffers are zero
     * @param lengths   the bound symbols
     * @throws IllegalStateException when it stores an element twice, or leaves the memory of a tile
     */
    public static void run(ScheduledKernel kernel, Function<Buffer, double[]> arguments, Map<String, Long> lengths) {
        if (kernel.kernel().program().isIdle(lengths)) {
            return;
        }
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
                yield () -> a.into(memory(a.to()), (int) address.run(frame), value.run(frame));
            }
            case Action.Fill f -> () -> Arrays.fill(memory(f.tile().buffer()), f.value());
            case Action.Method m -> steps(m.body());
            case Action.Product p -> multiply(p);
            case Action.Turn t -> turn(t);
            case Action.Blocks b -> blocks(b);
            case Action.Checked c -> steps(c.body());
            case Action.Sparse s -> sparse(s);
            case Action.Partial p -> partial(p);
            default -> throw new IllegalStateException("not an action of a processor: " + action);
        };
    }

    private Step loop(Action.For f) {
        int slot = evaluator.slot(f.axis());
        Function<Range, Range> span = span(f.axis(), f.span());
        Step body = steps(f.body());
        return () -> over(slot, span.apply(worker.range(f.axis())), body);
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
            default -> throw new IllegalStateException("not a loop of a processor: " + axis);
        };
    }

    private Step blocks(Action.Blocks b) {
        Function<Range, Range> span = span(b.axis(), b.span());
        int slot = evaluator.slot(b.axis());
        Supplier<Set<Boolean>> mask = b.mask().map(this::truths).orElse(() -> Set.of(true));
        boolean isFilled = b.mask().flatMap(LoopMask::fill).isPresent();
        Supplier<Set<Boolean>> outerMask = truths;
        truths = mask;
        Step body = steps(b.body());
        truths = outerMask;
        return () -> {
            Range all = span.apply(worker.range(b.axis()));
            boolean outer = full;
            for (long at = all.from(); at < all.to(); at += b.size()) {
                worker.open(b.axis(), new Range(at, Math.min(at + b.size(), all.to())));
                frame[slot] = at;
                place();
                Set<Boolean> found = mask.get();
                full = !found.contains(false);
                if (found.contains(true) || isFilled && !isSparse) {
                    body.run();
                } else {
                    isLeft = true;
                }
            }
            worker.close(b.axis());
            full = outer;
        };
    }

    private Step sparse(Action.Sparse s) {
        Step body = steps(s.body());
        PlacedTile greatest = s.greatest();
        Code address = code(worker.address(greatest.buffer(), greatest.address()));
        return () -> {
            isSparse = true;
            isLeft = false;
            body.run();
            isSparse = false;
            boolean[] areAbove = {true};
            each(greatest.axes(), () -> areAbove[0] &= memory(greatest.buffer())[(int) address.run(frame)] > s.above());
            if (isLeft && !areAbove[0]) {
                body.run();
            }
        };
    }

    /** The values of a mask in the current block. */
    private Supplier<Set<Boolean>> truths(LoopMask mask) {
        List<Axis> masked = new ArrayList<>();
        ScalarExprs.visit(mask.program(), e -> {
            if (e instanceof ScalarExpr.Index i) {
                masked.add(i.axis());
            }
        });
        Code code = code(mask.program());
        return () -> {
            Set<Boolean> found = new HashSet<>();
            each(masked.stream().filter(worker::isOpen).distinct().toList(), () -> found.add(code.run(frame) != 0));
            return found;
        };
    }

    private Step partial(Action.Partial p) {
        Step body = steps(p.body());
        Supplier<Set<Boolean>> mask = truths;
        return () -> {
            if (full) {
                return;
            }
            Range all = worker.range(p.axis());
            int step = p.step().orElse((int) (all.to() - all.from()));
            for (long at = all.from(); at < all.to(); at += step) {
                worker.open(p.axis(), new Range(at, Math.min(at + step, all.to())));
                if (p.step().isEmpty() || mask.get().contains(false)) {
                    body.run();
                }
            }
            worker.open(p.axis(), all);
        };
    }

    private void each(List<Axis> axes, Step step) {
        if (axes.isEmpty()) {
            step.run();
            return;
        }
        Axis first = axes.getFirst();
        over(evaluator.slot(first), worker.range(first), () -> each(axes.subList(1, axes.size()), step));
    }

    private void over(int slot, Range range, Step step) {
        double before = frame[slot];
        for (long at = range.from(); at < range.to(); at++) {
            frame[slot] = at;
            step.run();
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

    private Step turn(Action.Turn t) {
        List<Axis> axes = List.of(t.read(), t.stored());
        OperandElements.At from = operands.of(t.from(), axes);
        OperandElements.At to = operands.of(t.to(), axes);
        return () -> each(axes, () -> to.set(frame, from.element(frame)));
    }

    private Step multiply(Action.Product p) {
        PlacedTile sums = p.sums();
        OperandElements.At a = operands.of(p.left(), List.of(sums.row().orElseThrow(), p.over()));
        OperandElements.At b = operands.of(p.right(), List.of(p.over(), sums.lane()));
        Code address = code(worker.address(sums.buffer(), sums.address()));
        DType type = sums.buffer().type().dtype();
        Step multiply = () -> each(sums.axes(), () -> {
            int at = (int) address.run(frame);
            double[] sum = {p.isFresh() ? 0 : memory(sums.buffer())[at]};
            each(List.of(p.over()), () -> {
                double term = p.zeros().multiply(a.element(frame), b.element(frame));
                sum[0] = type.isInt() ? ScalarMath.apply(ScalarFn.ADD, type, sum[0], term, 0) : sum[0] + term;
            });
            memory(sums.buffer())[at] = sum[0];
        });
        return () -> {
            Range rows = worker.range(sums.row().orElseThrow());
            if (p.form() instanceof ProductForm.FewRows few && few.rows() != rows.to() - rows.from()) {
                throw new IllegalStateException(few.rows() + " rows for " + rows);
            }
            multiply.run();
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
