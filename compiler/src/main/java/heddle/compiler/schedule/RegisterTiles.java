package heddle.compiler.schedule;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileProgram;
import heddle.compiler.tile.TileStmt;
import heddle.compiler.type.DType;
import heddle.compiler.type.Precision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tiles that a processor need not write to memory: one number for each lane, defined and read in statements that follow each other
 * and become one loop over lanes. Such statements calculate with tiles of one float type alone. A product, a loop or a part that only
 * some blocks need ends the loop.
 */
final class RegisterTiles {
    private final Axis lane;
    private final Map<String, Integer> definedIn = new HashMap<>();
    private final Set<String> held = new HashSet<>();
    private int loop;
    private Optional<DType> type = Optional.empty();

    private RegisterTiles(Axis lane) {
        this.lane = lane;
    }

    /** Their names. */
    static Set<String> of(TileProgram program, Axis lane) {
        if (lane.extent().is(1)) {
            // Addresses leave out the only index of such an axis, so nothing runs along lanes.
            return Set.of();
        }
        RegisterTiles tiles = new RegisterTiles(lane);
        tiles.visit(program.inner());
        tiles.definedIn.keySet().retainAll(tiles.held);
        return Set.copyOf(tiles.definedIn.keySet());
    }

    private void visit(List<TileStmt> body) {
        for (TileStmt stmt : body) {
            switch (stmt) {
                case TileStmt.Define d -> define(d.tile(), d.value());
                case TileStmt.Update u -> {
                    statement(u.tile(), u.value().program());
                    held.remove(u.tile().name());
                }
                case TileStmt.Accumulate a -> {
                    end();
                    factors(a.value());
                }
                case TileStmt.Loop l -> {
                    end();
                    List<ScalarExpr> programs = new ArrayList<>(
                            List.of(l.bounds().from(), l.bounds().to()));
                    l.mask().ifPresent(mask -> programs.add(mask.program()));
                    programs.forEach(this::read);
                    visit(l.body());
                    end();
                }
                case TileStmt.Masked m -> {
                    end();
                    visit(m.body());
                    end();
                }
                case TileStmt.Store s -> {
                    end();
                    read(s.address());
                    read(s.value());
                    end();
                }
                case TileStmt.AddTo a -> {
                    end();
                    read(a.address());
                    read(a.value());
                    end();
                }
            }
        }
    }

    private void define(Tile tile, TileExpr value) {
        switch (value) {
            case TileExpr.Map m -> {
                if (ScalarExprs.isZero(m.program())) {
                    // Memory is cleared outside of loops over lanes.
                    end();
                    return;
                }
                define(tile, m.program());
            }
            case TileExpr.Reduce r -> define(tile, r.program());
            case TileExpr.Dot dot -> {
                end();
                factors(dot);
            }
        }
    }

    private void define(Tile tile, ScalarExpr program) {
        statement(tile, program);
        if (type.isPresent() && tile.axes().equals(List.of(lane))) {
            definedIn.put(tile.name(), loop);
            held.add(tile.name());
        }
    }

    private void end() {
        loop++;
        type = Optional.empty();
    }

    private void statement(Tile tile, ScalarExpr program) {
        DType computed = Precision.computed(tile.type());
        if (!tile.axes().contains(lane) || !isOfTiles(program, computed)) {
            end();
            read(program);
            end();
            return;
        }
        if (!type.equals(Optional.of(computed))) {
            end();
            type = Optional.of(computed);
        }
        read(program);
    }

    /** Whether a program calculates with tiles and constants of one float type. */
    private static boolean isOfTiles(ScalarExpr program, DType computed) {
        boolean[] found = {computed == DType.F32 || computed == DType.F64};
        ScalarExprs.visit(
                program,
                e -> found[0] &= switch (e) {
                    case ScalarExpr.Variable v -> Precision.computed(v.type()) == computed;
                    case ScalarExpr.Literal l -> true;
                    case ScalarExpr.Apply a -> a.type() == DType.BOOL || Precision.computed(a.type()) == computed;
                    default -> false;
                });
        return found[0];
    }

    private void factors(TileExpr.Dot dot) {
        held.remove(dot.a().name());
        held.remove(dot.b().name());
    }

    /** A tile that is read in another loop than the one that defines it is held in memory. */
    private void read(ScalarExpr program) {
        ScalarExprs.visit(program, e -> {
            if (e instanceof ScalarExpr.Variable v
                    && definedIn.containsKey(v.name())
                    && definedIn.get(v.name()) != loop) {
                held.remove(v.name());
            }
        });
    }
}
