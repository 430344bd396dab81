package heddle.compiler.scheduled;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.Rounding;
import heddle.compiler.scalar.ScalarEvaluator;
import heddle.compiler.scalar.ScalarEvaluator.Code;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.type.DType;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Executes a scheduled kernel of a device in double precision.
 *
 * <ul>
 *   <li>Between barriers the threads of a group run one after another, in either order.
 *   <li>An element of local memory that one thread writes and another touches without a barrier between them is a race, which is reported.
 *   <li>Local memory holds NaN when a group begins: what is read must have been written.
 *   <li>All threads come to a barrier, or none does.
 *   <li>An element of a result is stored once, or one thread adds to it.
 * </ul>
 */
final class GroupInterpreter {
    /** A part of a kernel that is ready to run. */
    private sealed interface Node {}

    /** What one thread does by itself. */
    private record Alone(ThreadStep step) implements Node {}

    /** What threads do together, since there are barriers in it. */
    private record Together(Runnable step) implements Node {}

    @FunctionalInterface
    private interface ThreadStep {
        void run(double[] frame);
    }

    private final ScheduledKernel kernel;
    private final Function<Buffer, double[]> arguments;
    private final ScalarEvaluator evaluator;
    private final Map<Buffer, GroupArray> shared = new HashMap<>();
    private final Map<Buffer, BitSet> stored = new HashMap<>();
    private final Map<Buffer, Map<Integer, Long>> added = new HashMap<>();
    private Registers registers = new Registers(this::unique);
    private final Set<String> names = new HashSet<>();
    private double[][] frames = {};
    private int group;
    private int thread;
    private int phase;

    private GroupInterpreter(ScheduledKernel kernel, Function<Buffer, double[]> arguments, Map<String, Long> lengths) {
        this.kernel = kernel;
        this.arguments = arguments;
        this.evaluator = new ScalarEvaluator(this::memory, lengths, Rounding.REAL);
        kernel.shared().forEach(a -> shared.put(a.buffer(), new GroupArray(a)));
    }

    /**
     * Runs a kernel. Afterwards its results are in memory.
     *
     * @throws IllegalStateException where threads race, part at a barrier, store an element twice or leave an array
     */
    static void run(ScheduledKernel kernel, Function<Buffer, double[]> arguments, Map<String, Long> lengths) {
        GroupInterpreter interpreter = new GroupInterpreter(kernel, arguments, lengths);
        interpreter.run(kernel.grid().orElseThrow());
    }

    private String unique(String wish) {
        String name = wish;
        for (int n = 2; !names.add(name); n++) {
            name = wish + "'" + n;
        }
        return name;
    }

    private double[] memory(Buffer buffer) {
        GroupArray array = shared.get(buffer);
        return array != null ? array.elements() : arguments.apply(buffer);
    }

    private void run(Grid grid) {
        Action.For outer = (Action.For) kernel.body().getFirst();
        int at = slot(outer);
        long count = evaluator.extent(outer.axis());
        boolean hasGroups = outer.level() == Level.OfDevice.GROUP;
        List<Action> body = hasGroups ? ((Action.For) outer.body().getFirst()).body() : outer.body();
        int own = -1;
        if (hasGroups) {
            Action.For threads = (Action.For) outer.body().getFirst();
            own = slot(threads);
        }
        List<Node> nodes = nodes(body);
        frames = new double[hasGroups ? grid.threads() : 1][];
        for (long n = 0; n < count; n++) {
            group = (int) n;
            shared.values().forEach(GroupArray::forget);
            for (int t = 0; t < frames.length; t++) {
                frames[t] = evaluator.frame();
                frames[t][at] = n;
                if (hasGroups) {
                    frames[t][own] = t;
                }
            }
            run(nodes);
        }
    }

    private void run(List<Node> nodes) {
        List<ThreadStep> steps = new ArrayList<>();
        for (Node node : nodes) {
            switch (node) {
                case Alone alone -> steps.add(alone.step);
                case Together together -> {
                    alone(steps);
                    together.step.run();
                }
            }
        }
        alone(steps);
    }

    /** Runs what threads do until the next barrier, in another order each time. */
    private void alone(List<ThreadStep> steps) {
        for (int n = 0; n < frames.length && !steps.isEmpty(); n++) {
            thread = phase % 2 == 0 ? n : frames.length - 1 - n;
            for (ThreadStep step : steps) {
                step.run(frames[thread]);
            }
        }
        steps.clear();
    }

    private void barrier() {
        phase++;
        shared.values().forEach(GroupArray::passBarrier);
    }

    private List<Node> nodes(List<Action> actions) {
        List<Node> nodes = new ArrayList<>();
        for (Action action : actions) {
            if (!action.any(Action.Barrier.class::isInstance)) {
                nodes.add(new Alone(step(action)));
            } else {
                nodes.add(new Together(together(action)));
            }
        }
        return nodes;
    }

    private Runnable together(Action action) {
        return switch (action) {
            case Action.Barrier b -> this::barrier;
            case Action.When w -> {
                Code condition = code(w.condition());
                List<Node> body = inside(() -> nodes(w.body()));
                yield () -> {
                    if (agreed(condition, w) != 0) {
                        run(body);
                    }
                };
            }
            case Action.For f -> loop(f);
            default -> throw new IllegalStateException("threads do not wait in " + action);
        };
    }

    /** What is declared in a block is not seen outside. */
    private <T> T inside(Supplier<T> block) {
        Registers outer = registers;
        registers = outer.inner();
        T result = block.get();
        registers = outer;
        return result;
    }

    private Runnable loop(Action.For f) {
        if (f.level() != Level.EACH) {
            throw new IllegalStateException("threads do not wait in a loop over " + f.level());
        }
        Bounds bounds = bounds(f);
        return inside(() -> {
            int slot = slot(f);
            List<Node> body = nodes(f.body());
            return () -> {
                double to = agreed(bounds.to, f);
                for (double at = agreed(bounds.from, f); at < to; at = bounds.next.applyAsDouble(at)) {
                    for (double[] frame : frames) {
                        frame[slot] = at;
                    }
                    run(body);
                }
            };
        });
    }

    /** A value that all threads have. */
    private double agreed(Code code, Action action) {
        double value = code.run(frames[0]);
        for (double[] frame : frames) {
            if (code.run(frame) != value) {
                throw new IllegalStateException("threads part before a barrier in " + action);
            }
        }
        return value;
    }

    /** @param next the index after one */
    private record Bounds(Code from, Code to, DoubleUnaryOperator next) {}

    private Bounds bounds(Action.For f) {
        if (f.span() instanceof Span.Halves h) {
            return new Bounds(frame -> h.from(), frame -> h.from() + 1, at -> at > 1 ? at / 2 : Double.MAX_VALUE);
        }
        Span.Steps steps = f.span().steps(f.axis());
        return new Bounds(code(steps.from()), code(steps.to()), at -> at + steps.step());
    }

    private int slot(Action.For f) {
        return evaluator.slot(new Axis(registers.declare(f.axis(), f), f.axis().extent()));
    }

    private int slot(String name, DType type) {
        return evaluator.slot(new ScalarExpr.Variable(name, type));
    }

    private ThreadStep steps(List<Action> actions) {
        List<ThreadStep> steps = new ArrayList<>();
        actions.forEach(a -> steps.add(step(a)));
        return frame -> {
            for (ThreadStep step : steps) {
                step.run(frame);
            }
        };
    }

    private ThreadStep step(Action action) {
        return switch (action) {
            case Action.For f -> f.level() == Level.OfDevice.REGISTER ? written(f) : counted(f);
            case Action.At a -> {
                Code index = code(a.index());
                int slot = evaluator.slot(
                        new Axis(registers.declare(a.axis(), a), a.axis().extent()));
                yield frame -> frame[slot] = index.run(frame);
            }
            case Action.Let l -> {
                Code value = code(l.value());
                int slot = slot(registers.declare(l.variable(), l), l.variable().type());
                yield frame -> frame[slot] = value.run(frame);
            }
            case Action.Assign a -> {
                Code value = code(a.value());
                int slot = slot(registers.name(a.variable()), a.variable().type());
                yield frame -> frame[slot] = value.run(frame);
            }
            case Action.Fold f -> {
                Code value = code(f.value());
                int slot = slot(registers.name(f.result()), f.result().type());
                yield frame -> frame[slot] = f.of(frame[slot], value.run(frame));
            }
            case Action.When w -> {
                Code condition = code(w.condition());
                ThreadStep body = inside(() -> steps(w.body()));
                yield frame -> {
                    if (condition.run(frame) != 0) {
                        body.run(frame);
                    }
                };
            }
            case Action.Store s -> store(s);
            case Action.Add a -> add(a);
            default -> throw new IllegalStateException("not an action of one thread: " + action);
        };
    }

    private ThreadStep written(Action.For f) {
        List<ThreadStep> steps = new ArrayList<>();
        registers.each(f.axis(), () -> steps.add(steps(f.body())));
        return frame -> steps.forEach(step -> step.run(frame));
    }

    private ThreadStep counted(Action.For f) {
        Bounds bounds = bounds(f);
        return inside(() -> {
            int slot = slot(f);
            ThreadStep body = steps(f.body());
            return frame -> {
                double to = bounds.to.run(frame);
                for (double at = bounds.from.run(frame); at < to; at = bounds.next.applyAsDouble(at)) {
                    frame[slot] = at;
                    body.run(frame);
                }
            };
        });
    }

    private ThreadStep store(Action.Store s) {
        Code address = code(s.address());
        Code value = code(s.value());
        GroupArray array = shared.get(s.to());
        if (array != null) {
            return frame -> array.write((int) address.run(frame), value.run(frame), thread);
        }
        BitSet before = stored.computeIfAbsent(s.to(), b -> new BitSet());
        return frame -> {
            int at = (int) address.run(frame);
            if (before.get(at)) {
                throw new IllegalStateException("element " + at + " of " + s.to() + " is stored twice");
            }
            before.set(at);
            memory(s.to())[at] = value.run(frame);
        };
    }

    /** One thread of one group has all that is added to an element, so that it is added in order. */
    private ThreadStep add(Action.Add a) {
        Code address = code(a.address());
        Code value = code(a.value());
        Map<Integer, Long> owners = added.computeIfAbsent(a.to(), b -> new HashMap<>());
        return frame -> {
            int at = (int) address.run(frame);
            long owner = (long) group * frames.length + thread;
            if (owners.putIfAbsent(at, owner) instanceof Long other && other != owner) {
                throw new IllegalStateException("two threads add to element " + at + " of " + a.to());
            }
            a.into(memory(a.to()), at, value.run(frame));
        };
    }

    /** A program in the names of registers, which tells the arrays that it reads. */
    private Code code(ScalarExpr program) {
        ScalarExpr named = registers.named(program);
        List<ThreadStep> reads = new ArrayList<>();
        ScalarExprs.visit(named, e -> {
            if (e instanceof ScalarExpr.Element x && shared.containsKey(x.buffer())) {
                GroupArray array = shared.get(x.buffer());
                Code address = evaluator.code(x.address());
                reads.add(frame -> array.read((int) address.run(frame), thread));
            }
        });
        Code code = evaluator.code(named);
        return reads.isEmpty()
                ? code
                : frame -> {
                    reads.forEach(read -> read.run(frame));
                    return code.run(frame);
                };
    }
}
