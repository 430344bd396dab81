package heddle.compiler.scheduled.group;

import heddle.compiler.index.BlockMask;
import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.index.LinearForm;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Variable;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scheduled.Action;
import heddle.compiler.scheduled.IndexMath;
import heddle.compiler.scheduled.Level;
import heddle.compiler.scheduled.LocalArray;
import heddle.compiler.scheduled.ScheduledKernel;
import heddle.compiler.scheduled.Span;
import heddle.compiler.tile.Choice;
import heddle.compiler.tile.IllegalSchedule;
import heddle.compiler.tile.LoopId;
import heddle.compiler.tile.LoopMask;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileStmt;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Schedules kernels with products for devices: a group for each block of the result, of whose tiles each thread has some elements in
 * registers.
 */
final class GroupActions {
    /** Whether the mask of a loop is true in all of the current block. */
    private static final Variable FULL = new Variable("full", DType.BOOL);

    private final TileKernel kernel;
    private final GroupShape shape;
    private final GroupPositions at;
    private final GroupMemory memory;
    private final Map<String, ScalarExpr> loads = new HashMap<>();
    private final GroupProduct products;

    GroupActions(TileKernel kernel) {
        this.kernel = kernel;
        this.shape = GroupShape.of(kernel);
        shape.check();
        this.at = new GroupPositions(kernel, shape);
        this.memory = new GroupMemory(kernel, shape);
        this.products = new GroupProduct(at, memory, loads);
    }

    ScheduledKernel schedule() {
        GridIndexes blocks = new GridIndexes(kernel.parallel(), kernel::block);
        Axis group = new Axis("group", blocks.count());
        List<Action> body = new ArrayList<>(at.declared());
        body.addAll(blocks.of(group));
        shape.shared().stream()
                .filter(axis -> TileStmt.all(kernel.body()).stream()
                        .noneMatch(s -> s instanceof TileStmt.Loop l && l.axis().equals(axis)))
                .forEach(axis -> body.add(at.index(axis)));
        for (TileStmt s : kernel.body()) {
            add(s, Optional.empty(), body);
        }
        return DeviceScheduler.ofGroups(kernel, group, at.thread(), body, memory.arrays());
    }

    /** @param classified the innermost loop of which the blocks are known to be full or not */
    private void add(TileStmt stmt, Optional<LoopId> classified, List<Action> actions) {
        switch (stmt) {
            case TileStmt.Define d -> define(d.tile(), d.value(), actions);
            case TileStmt.Update u ->
                actions.addAll(at.each(
                        shape.axes(u.tile()),
                        List.of(new Action.Assign(
                                u.tile().value(), here(u.value().program())))));
            case TileStmt.Accumulate a -> actions.addAll(products.of(a.tile(), a.value()));
            case TileStmt.Loop l -> loop(l, classified, actions);
            case TileStmt.Masked m -> {
                List<Action> body = new ArrayList<>();
                m.body().forEach(s -> add(s, classified, body));
                boolean isTold = classified.equals(Optional.of(m.loop()));
                actions.addAll(isTold ? List.of(new Action.When(ScalarExpr.apply(ScalarFn.NOT, FULL), body)) : body);
            }
            case TileStmt.Store s ->
                store(s, new Action.Store(s.buffer(), here(s.address()), here(s.value())), actions);
            case TileStmt.AddTo a -> {
                requireOwners(a);
                Action add = new Action.Add(a.buffer(), here(a.address()), here(a.value()), a.kind());
                store(new TileStmt.Store(a.buffer(), a.axes(), a.address(), a.value()), add, actions);
            }
        }
    }

    private void define(Tile tile, TileExpr value, List<Action> actions) {
        Variable variable = tile.value();
        switch (value) {
            case TileExpr.Map m -> {
                if (shape.isInRegisters(tile)) {
                    actions.addAll(at.each(shape.axes(tile), List.of(new Action.Let(variable, here(m.program())))));
                } else if (memory.isLoadedInSlices(tile)) {
                    loads.put(tile.name(), m.program());
                } else {
                    actions.addAll(products.load(tile, m.program()));
                }
            }
            case TileExpr.Reduce r -> reduce(tile, r, actions);
            case TileExpr.Dot dot -> {
                Action zero = new Action.Let(variable, ScalarExpr.zero(tile.type()));
                actions.addAll(at.each(shape.axes(tile), List.of(zero)));
                actions.addAll(products.of(tile, dot));
            }
        }
    }

    /** A program with tiles read from local memory, those that are there. */
    private ScalarExpr here(ScalarExpr program) {
        return ScalarExprs.transform(program, e -> e instanceof Variable v ? element(v) : e);
    }

    private ScalarExpr element(Variable v) {
        return kernel.program().definitions().stream()
                .map(TileStmt.Define::tile)
                .filter(t -> t.name().equals(v.name()) && !shape.isInRegisters(t))
                .findFirst()
                .flatMap(memory::resident)
                .<ScalarExpr>map(held -> new ScalarExpr.Element(held.buffer(), held.address(this::within)))
                .orElse(v);
    }

    /** The current index along an axis, within its block. */
    private ScalarExpr within(Axis axis) {
        return shape.isSingle(axis) ? IndexMath.ZERO : shape.isShared(axis) ? at.within(axis) : ScalarExpr.of(axis);
    }

    /** Each thread reduces the indexes that it has; then the threads that share the axis exchange what they have. */
    private void reduce(Tile result, TileExpr.Reduce r, List<Action> actions) {
        Variable variable = result.value();
        ScalarExpr neutral = ScalarExprs.neutral(r.kind(), result.type());
        Action fold = new Action.Fold(variable, r.kind(), here(r.program()), r.ignoresNaN());
        List<Action> body = new ArrayList<>(List.of(new Action.Let(variable, neutral)));
        if (!shape.isShared(r.over())) {
            // Of an axis that is gone through index by index, the current one is all there is.
            body.add(shape.isSingle(r.over()) ? fold : new Action.For(r.over(), Span.WHOLE, Level.EACH, List.of(fold)));
            actions.addAll(at.each(shape.axes(result), body));
            return;
        }
        body.addAll(at.each(List.of(r.over()), IndexMath.where(at.isWithin(r.over()), List.of(fold))));
        actions.addAll(at.each(shape.axes(result), body));
        if (shape.threads(r.over()) > 1) {
            exchange(result, r, neutral, actions);
        }
    }

    private void exchange(Tile result, TileExpr.Reduce r, ScalarExpr neutral, List<Action> actions) {
        Variable variable = result.value();
        int threads = shape.threads(r.over());
        LocalArray array = memory.exchange(result);
        List<Axis> axes = shape.axes(result);
        ScalarExpr line = axes.isEmpty()
                ? shape.isRow(r.over()) ? ScalarExpr.of(at.column()) : at.threadRow()
                : at.within(axes.getFirst());
        ScalarExpr first = IndexMath.times(line, threads);
        ScalarExpr own = IndexMath.plus(first, at.threadAlong(r.over()));
        Axis other = new Axis("other", Dim.of(threads));
        ScalarExpr next = new ScalarExpr.Element(array.buffer(), IndexMath.plus(first, ScalarExpr.of(other)));
        actions.addAll(at.each(axes, List.of(new Action.Store(array.buffer(), own, variable))));
        actions.addAll(at.each(axes, List.of(new Action.Assign(variable, neutral))));
        Action fold = new Action.Fold(variable, r.kind(), next, r.ignoresNaN());
        actions.add(new Action.For(other, Span.WHOLE, Level.EACH, at.each(axes, List.of(fold))));
    }

    /** Where no thread has elements of its own along an axis, or no block along a parallel one, the first stores. */
    private void store(TileStmt.Store s, Action store, List<Action> actions) {
        List<Axis> axes = s.axes().stream().filter(a -> !shape.isSingle(a)).toList();
        List<ScalarExpr> first = new ArrayList<>();
        for (Axis axis : kernel.parallel()) {
            if (!s.axes().contains(axis)
                    && !ScalarExprs.reads(s.address(), axis)
                    && !axis.extent().is(1)) {
                first.add(IndexMath.isZero(shape.isBlocked(axis) ? at.from(axis) : ScalarExpr.of(axis)));
            }
        }
        first.addAll(at.isFirst(axes));
        List<Action> body = List.of(store);
        List<Axis> rows = axes.stream().filter(shape::isRow).toList();
        List<Axis> columns = axes.stream().filter(a -> !shape.isRow(a)).toList();
        for (Axis axis : columns) {
            body = at.each(List.of(axis), IndexMath.where(at.isWithin(axis), body));
        }
        for (Axis axis : rows) {
            List<ScalarExpr> conditions = new ArrayList<>(first);
            conditions.addAll(at.isWithin(axis));
            body = at.each(List.of(axis), IndexMath.where(conditions, body));
        }
        actions.addAll(rows.isEmpty() ? IndexMath.where(first, body) : body);
    }

    /** Each element is added to by one thread of one group: its address tells the indexes of all axes that they share. */
    private void requireOwners(TileStmt.AddTo a) {
        Set<Axis> told = told(a.address());
        for (Axis axis :
                Stream.concat(kernel.parallel().stream(), a.axes().stream()).toList()) {
            if (!axis.extent().is(1) && !told.contains(axis)) {
                throw new IllegalSchedule(
                        kernel.program(),
                        "add to " + a.buffer(),
                        "threads share " + axis + ", and would add to one element");
            }
        }
    }

    /** The axes of an address from which it follows what each of their indexes is; none where that is not known. */
    private static Set<Axis> told(ScalarExpr address) {
        Set<Axis> read = new HashSet<>();
        ScalarExprs.visit(address, e -> {
            if (e instanceof ScalarExpr.Index i && !i.axis().extent().is(1)) {
                read.add(i.axis());
            }
        });
        LinearForm form = IndexSimplifier.form(address);
        read.removeIf(
                axis -> form.isAffineIn(Set.of(axis)) && form.coefficient(axis).isZero());
        boolean isDense = form.isAffineIn(read)
                && read.stream().anyMatch(first -> strides(form, new HashSet<>(read), form.coefficient(first)));
        return isDense ? read : Set.of();
    }

    /** Whether axes follow each other in memory, each with a stride of all that those before have. */
    private static boolean strides(LinearForm form, Set<Axis> left, Dim stride) {
        Optional<Axis> next =
                left.stream().filter(x -> form.coefficient(x).equals(stride)).findFirst();
        next.ifPresent(left::remove);
        return left.isEmpty()
                || next.isPresent()
                        && strides(form, left, stride.times(next.get().extent()));
    }

    private void loop(TileStmt.Loop l, Optional<LoopId> classified, List<Action> actions) {
        Axis axis = l.axis();
        List<Action> body = new ArrayList<>();
        if (shape.isSingle(axis)) {
            l.body().forEach(s -> add(s, classified, body));
            actions.add(new Action.For(
                    axis, new Span.Between(l.bounds().from(), l.bounds().to()), Level.EACH, body));
            return;
        }
        if (shape.isShared(axis)) {
            body.add(at.index(axis));
        }
        Optional<Classes> classes = l.mask().flatMap(mask -> classes(mask, actions, body));
        List<Action> inner = new ArrayList<>();
        Optional<LoopId> told = classes.isPresent() ? Optional.of(l.id()) : Optional.empty();
        classes.ifPresent(c -> inner.add(new Action.Let(FULL, c.everywhere)));
        l.body().forEach(s -> add(s, told, inner));
        classes.ifPresentOrElse(c -> body.add(new Action.When(c.somewhere, inner)), () -> body.addAll(inner));
        if (kernel.cut(l) instanceof Choice.Size.Whole) {
            if (!at.from(axis).equals(IndexMath.ZERO)) {
                actions.add(new Action.At(GridIndexes.from(axis), l.bounds().from()));
            }
            actions.addAll(body);
            return;
        }
        Span blocks = new Span.Steps(l.bounds().from(), l.bounds().to(), shape.width(axis));
        actions.add(new Action.For(GridIndexes.from(axis), blocks, Level.EACH, body));
    }

    /** Conditions that skip a block that the mask empties, and tell full ones. */
    private record Classes(ScalarExpr somewhere, ScalarExpr everywhere) {}

    /**
     * Nothing when the mask does not say.
     *
     * @param before gets the ends of blocks that do not change in the loop
     * @param within gets the others
     */
    private Optional<Classes> classes(LoopMask mask, List<Action> before, List<Action> within) {
        Map<Axis, BlockMask.Range> corners = new HashMap<>();
        List<Axis> named = new ArrayList<>();
        ScalarExprs.visit(mask.program(), e -> {
            if (e instanceof ScalarExpr.Index i && !shape.isSingle(i.axis()) && !named.contains(i.axis())) {
                named.add(i.axis());
            }
        });
        for (Axis axis : named) {
            corners.put(axis, new BlockMask.Range(at.from(axis), ScalarExpr.of(last(axis))));
        }
        BlockMask found = kernel.over(mask, corners);
        if (!found.isKnown()) {
            return Optional.empty();
        }
        for (Axis axis : named) {
            if (!ScalarExprs.reads(found.somewhere(), last(axis))
                    && !ScalarExprs.reads(found.everywhere(), last(axis))) {
                continue;
            }
            (kernel.parallel().contains(axis) ? before : within).add(new Action.At(last(axis), at.lastOfBlock(axis)));
        }
        return Optional.of(new Classes(found.somewhere(), found.everywhere()));
    }

    private static Axis last(Axis axis) {
        return new Axis(axis.name() + "Last", axis.extent());
    }
}
