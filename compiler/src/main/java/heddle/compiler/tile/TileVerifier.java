package heddle.compiler.tile;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Precision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Checks that a tile program is well formed. It runs after every lowering.
 *
 * <ol>
 *   <li>Loops and tiles have names of their own, and so have buffers. No two open loops share an axis.
 *   <li>A tile is read after its definition, inside the block that defines it.
 *   <li>Functions fit their arguments. A tile has the type of its value, a mask is a bool, addresses and bounds are i64. Factors of
 *       a product have the type of its sum, but that factors of sixteen bits may be summed in f32.
 *   <li>Programs read the indexes of open loops, of the statement's axes and of the reduced axis alone, and so do the tiles that
 *       they read. The axis that a product sums over is in both factors and not in its result.
 *   <li>Parallel loops stand around everything else and carry nothing, and nothing combines their indexes. Masks and bounds read no
 *       tiles. A partial loop lists what it carries, with neutral literals,
 *       and its merge reads those tiles and the results of parts alone. What a loop carries does not span its axis.
 *   <li>No buffer is both read and written, or both stored and added to. No store stands in a masked loop, whose blocks may be
 *       skipped.
 *   <li>The address of a store reads the index of each of its axes and of each enclosing loop, or neither address nor value depends on
 *       it. That no element is stored twice is seen when the program is interpreted.
 *   <li>Masked statements stand in their loop, which has a mask {@code m}, and are {@code t = where(m, t, x)} each.
 * </ol>
 *
 * <p>That addresses lie in their buffers is shown by {@link heddle.compiler.tile.proof.AddressProof}.
 */
public final class TileVerifier {
    private final TileProgram program;
    private final Set<LoopId> loops = new HashSet<>();
    private final Set<String> names = new HashSet<>();
    private final List<TileStmt.Loop> open = new ArrayList<>();
    private final Map<String, Tile> visible = new HashMap<>();

    /** The axes that each tile depends on: those that it spans, and those whose indexes its values were computed with. */
    private final Map<String, Set<Axis>> dependences = new HashMap<>();

    private TileVerifier(TileProgram program) {
        this.program = program;
    }

    /** @throws IllFormedProgram when the program breaks a rule */
    public static void verify(TileProgram program) {
        TileVerifier verifier = new TileVerifier(program);
        verifier.buffers();
        verifier.block(program.body());
    }

    private void check(boolean holds, Object where, String rule) {
        check(holds, where, () -> rule);
    }

    /** @param rule the message, made when it is needed */
    private void check(boolean holds, Object where, Supplier<String> rule) {
        if (!holds) {
            throw new IllFormedProgram(program, where.toString(), rule.get());
        }
    }

    private void buffers() {
        Map<String, Buffer> byName = new HashMap<>();
        Set<Buffer> all = new LinkedHashSet<>(program.reads());
        Set<Buffer> stored = new HashSet<>();
        Set<Buffer> added = new HashSet<>();
        ProgramParts.statements(program.body(), stmt -> {
            switch (stmt) {
                case TileStmt.Store s -> stored.add(s.buffer());
                case TileStmt.AddTo a -> added.add(a.buffer());
                default -> {}
            }
        });
        for (Buffer b : program.writes()) {
            check(!all.contains(b), b, "a buffer is read and written");
            check(!stored.contains(b) || !added.contains(b), b, "a buffer is stored and added to");
        }
        all.addAll(program.writes());
        all.forEach(b -> check(byName.putIfAbsent(b.name(), b) == null, b, "two buffers have one name"));
    }

    private void block(List<TileStmt> body) {
        check(
                body.size() == 1
                        || body.stream()
                                .noneMatch(s -> s instanceof TileStmt.Loop l && l.mode() instanceof LoopMode.Parallel),
                program.name(),
                "a parallel loop stands beside other statements");
        Map<String, Tile> outside = new HashMap<>(visible);
        body.forEach(this::statement);
        visible.keySet().retainAll(outside.keySet());
    }

    private void statement(TileStmt stmt) {
        switch (stmt) {
            case TileStmt.Define d -> {
                Tile tile = d.tile();
                check(names.add(tile.name()), tile, "two tiles have one name");
                value(tile, d.value());
                visible.put(tile.name(), tile);
            }
            case TileStmt.Update u -> {
                visible(u.tile());
                value(u.tile(), u.value());
            }
            case TileStmt.Accumulate a -> {
                visible(a.tile());
                value(a.tile(), a.value());
            }
            case TileStmt.Store s -> {
                written(s.buffer(), s.axes(), s.address(), s.value());
                check(open.stream().allMatch(l -> l.mask().isEmpty()), s.buffer(), "a store stands in a masked loop");
                injective(s);
            }
            case TileStmt.AddTo a -> written(a.buffer(), a.axes(), a.address(), a.value());
            case TileStmt.Masked m -> masked(m);
            case TileStmt.Loop l -> loop(l);
        }
    }

    private void visible(Tile tile) {
        check(tile.equals(visible.get(tile.name())), tile, "a tile is changed where it is not defined");
    }

    private void value(Tile tile, TileExpr value) {
        Set<Axis> depends = dependences.computeIfAbsent(tile.name(), t -> new HashSet<>(tile.axes()));
        switch (value) {
            case TileExpr.Map m -> {
                check(
                        m.program().type() == tile.type(),
                        tile,
                        () -> "its value is " + m.program().type());
                depends.addAll(program(m.program(), tile.axes(), tile));
            }
            case TileExpr.Reduce r -> {
                check(
                        r.program().type() == tile.type(),
                        tile,
                        () -> "its value is " + r.program().type());
                check(!tile.axes().contains(r.over()), tile, "it spans the axis that it is reduced over");
                combines(r.over(), tile);
                depends.addAll(program(r.program(), with(tile.axes(), r.over()), tile));
            }
            case TileExpr.Dot dot -> {
                List<Axis> factors = new ArrayList<>(dot.a().axes());
                factors.addAll(dot.b().axes());
                for (Tile factor : List.of(dot.a(), dot.b())) {
                    check(factor.equals(visible.get(factor.name())), factor, "a tile is read where it is not defined");
                    check(factor.axes().contains(dot.over()), factor, () -> "a factor does not span " + dot.over());
                    check(isSummedAs(factor.type(), tile.type()), factor, () -> "it is summed as " + tile.type());
                    within(factor.axes(), with(tile.axes(), dot.over()), factor);
                    depends.addAll(dependences.get(factor.name()));
                }
                check(!tile.axes().contains(dot.over()), tile, "it spans the axis that it is summed over");
                combines(dot.over(), tile);
                check(factors.containsAll(tile.axes()), tile, "it spans an axis that no factor does");
            }
        }
    }

    /** Blocks of parallel loops are independent, so nothing may combine the indexes of one. */
    private void combines(Axis over, Tile tile) {
        check(
                open.stream().noneMatch(l -> l.axis().equals(over) && l.mode() instanceof LoopMode.Parallel),
                tile,
                () -> "it combines the indexes of the parallel loop over " + over);
    }

    private static boolean isSummedAs(DType factor, DType sum) {
        return factor == sum || sum == Precision.computed(factor);
    }

    private static List<Axis> with(List<Axis> axes, Axis more) {
        List<Axis> all = new ArrayList<>(axes);
        all.add(more);
        return all;
    }

    private void written(Buffer buffer, List<Axis> axes, ScalarExpr address, ScalarExpr value) {
        check(address.type() == DType.I64, buffer, () -> "an address is " + address.type());
        check(value.type() == buffer.type().dtype(), buffer, () -> "what is stored is " + value.type());
        program(address, axes, buffer);
        program(value, axes, buffer);
    }

    private void injective(TileStmt.Store s) {
        for (Axis axis : s.axes()) {
            check(
                    ScalarExprs.reads(s.address(), axis) || axis.extent().is(1),
                    s.buffer(),
                    () -> "it is stored for each index of " + axis + ", its address does not depend on it");
        }
        Set<Axis> depends = program(s.value(), s.axes(), s.buffer());
        for (TileStmt.Loop loop : open) {
            boolean named = ScalarExprs.reads(s.address(), loop.axis());
            check(
                    named
                            || !depends.contains(loop.axis())
                            || loop.axis().extent().is(1),
                    s.buffer(),
                    () -> "what is stored depends on " + loop.axis() + ", its address does not");
        }
    }

    private void masked(TileStmt.Masked m) {
        Optional<TileStmt.Loop> loop =
                open.stream().filter(l -> l.id().equals(m.loop())).findFirst();
        check(
                loop.isPresent()
                        && loop.get()
                                .mask()
                                .filter(mask -> mask.fill().isEmpty())
                                .isPresent(),
                m.loop(),
                "masked statements stand in no loop with a mask");
        ScalarExpr mask = loop.get().mask().get().program();
        for (TileStmt stmt : m.body()) {
            check(
                    stmt instanceof TileStmt.Update u
                            && u.value().program() instanceof ScalarExpr.Apply a
                            && a.fn() == ScalarFn.SELECT
                            && a.args().get(0).equals(mask)
                            && a.args().get(1).equals(u.tile().value()),
                    m.loop(),
                    "a masked statement is more than where(mask, tile, other)");
            statement(stmt);
        }
    }

    private void loop(TileStmt.Loop loop) {
        check(loops.add(loop.id()), loop.id(), "two loops have one name");
        check(open.stream().noneMatch(l -> l.axis().equals(loop.axis())), loop.id(), "two open loops share an axis");
        Set<Axis> bounds = new HashSet<>();
        for (ScalarExpr bound : List.of(loop.bounds().from(), loop.bounds().to())) {
            check(bound.type() == DType.I64, loop.id(), () -> "a bound is " + bound.type());
            check(!readsTiles(bound), loop.id(), "a bound reads a tile");
            bounds.addAll(program(bound, List.of(), loop.id()));
        }
        boolean parallel = loop.mode() instanceof LoopMode.Parallel;
        check(
                !parallel || open.stream().allMatch(l -> l.mode() instanceof LoopMode.Parallel),
                loop.id(),
                "a parallel loop stands in one that is not");
        Set<String> carried = carried(loop);
        carried.forEach(name -> check(
                !visible.get(name).axes().contains(loop.axis()),
                name,
                () -> "it is carried along " + loop.axis() + ", which it spans"));
        // How many blocks there are, and which are skipped, changes what is carried.
        carried.forEach(name -> dependences.get(name).addAll(bounds));
        open.add(loop);
        loop.mask().ifPresent(mask -> {
            check(
                    mask.program().type() == DType.BOOL,
                    loop.id(),
                    () -> "a mask is " + mask.program().type());
            check(!readsTiles(mask.program()), loop.id(), "a mask reads a tile");
            mask.fill()
                    .ifPresent(fill -> check(
                            fill.isCarried(loop.mode()),
                            loop.id(),
                            () -> "a fill goes by " + fill.greatest() + ", which is no maximum that the loop carries"));
            Set<Axis> depends = program(mask.program(), List.of(), loop.id());
            carried.forEach(name -> dependences.get(name).addAll(without(depends, loop.axis())));
        });
        switch (loop.mode()) {
            case LoopMode.Parallel p -> check(carried.isEmpty(), loop.id(), () -> "a parallel loop carries " + carried);
            case LoopMode.Sequential s -> {}
            case LoopMode.Partial p -> {
                Set<String> listed = new HashSet<>();
                p.carried().forEach(c -> listed.add(c.tile().name()));
                check(
                        listed.equals(carried),
                        loop.id(),
                        () -> "a partial loop carries " + carried + " and lists " + listed);
            }
        }
        block(loop.body());
        open.removeLast();
        if (loop.mode() instanceof LoopMode.Partial p) {
            merge(loop, p);
        }
    }

    private static boolean readsTiles(ScalarExpr program) {
        return ScalarExprs.any(program, e -> e instanceof ScalarExpr.Variable);
    }

    private static Set<Axis> without(Set<Axis> axes, Axis axis) {
        Set<Axis> others = new HashSet<>(axes);
        others.remove(axis);
        return others;
    }

    /** The tiles that are defined outside a loop and changed in it. */
    private Set<String> carried(TileStmt.Loop loop) {
        Set<String> carried = ProgramParts.changed(loop.body());
        carried.retainAll(visible.keySet());
        return carried;
    }

    private void merge(TileStmt.Loop loop, LoopMode.Partial partial) {
        Map<String, Tile> outside = new HashMap<>(visible);
        Set<String> allowed = new HashSet<>();
        for (LoopMode.Carried c : partial.carried()) {
            check(
                    c.neutral() instanceof ScalarExpr.Literal || c.neutral() instanceof ScalarExpr.IntLiteral,
                    c.tile(),
                    "its neutral value is no literal");
            check(
                    c.neutral().type() == c.tile().type(),
                    c.tile(),
                    () -> "its neutral value is " + c.neutral().type());
            check(
                    c.part().type() == c.tile().type()
                            && c.part().axes().equals(c.tile().axes()),
                    c.part(),
                    "the result of a part is unlike its tile");
            check(names.add(c.part().name()), c.part(), "two tiles have one name");
            dependences.put(c.part().name(), dependences.get(c.tile().name()));
            allowed.add(c.tile().name());
            allowed.add(c.part().name());
        }
        visible.keySet().retainAll(allowed);
        partial.carried().forEach(c -> visible.put(c.part().name(), c.part()));
        for (TileStmt stmt : partial.merge()) {
            check(
                    stmt instanceof TileStmt.Define || stmt instanceof TileStmt.Update,
                    loop.id(),
                    "a merge defines and updates tiles alone");
            stmt.programs().forEach(p -> check(!ScalarExprs.readsMemory(p), loop.id(), "a merge reads memory"));
            statement(stmt);
        }
        visible.clear();
        visible.putAll(outside);
    }

    /** Checks a scalar program. @return the axes that its value depends on */
    private Set<Axis> program(ScalarExpr program, List<Axis> axes, Object where) {
        Set<Axis> depends = new HashSet<>();
        ScalarExprs.visit(program, e -> {
            switch (e) {
                case ScalarExpr.Index i -> {
                    within(List.of(i.axis()), axes, where);
                    depends.add(i.axis());
                }
                case ScalarExpr.Variable v -> {
                    Tile tile = visible.get(v.name());
                    check(
                            tile != null && tile.value().equals(v),
                            where,
                            () -> v.name() + " is read where it is not defined");
                    within(tile.axes(), axes, where);
                    depends.addAll(dependences.get(v.name()));
                }
                case ScalarExpr.Element x ->
                    check(
                            x.address().type() == DType.I64,
                            where,
                            () -> "an address is " + x.address().type());
                case ScalarExpr.Read r -> check(false, where, () -> "a kernel reads buffers, not " + r);
                case ScalarExpr.Apply a -> {
                    List<DType> types = a.args().stream().map(ScalarExpr::type).toList();
                    check(
                            a.fn() == ScalarFn.CAST
                                    || a.fn().resultType(types)
                                            .filter(a.type()::equals)
                                            .isPresent(),
                            where,
                            () -> a.fn().text() + " of " + types + " is not " + a.type());
                }
                default -> {}
            }
        });
        return depends;
    }

    private void within(List<Axis> read, List<Axis> axes, Object where) {
        for (Axis axis : read) {
            check(
                    axes.contains(axis) || open.stream().anyMatch(l -> l.axis().equals(axis)),
                    where,
                    () -> axis + " is read, and no loop over it is open");
        }
    }
}
