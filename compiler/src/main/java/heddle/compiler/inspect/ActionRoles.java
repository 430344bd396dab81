package heddle.compiler.inspect;

import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scheduled.Action;
import heddle.compiler.scheduled.PlacedTile;
import heddle.compiler.scheduled.ScheduledKernel;
import heddle.compiler.type.DType;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The actions of an attention kernel by role. An action has that of the tile that it writes; the actions come in the order of
 * the statements that they were made of. Loops have the role of what is in them when that is one; of several, the softmax is what a
 * method of its own is for.
 */
final class ActionRoles {
    private static final String TILE = "Tile";

    /** What is written besides tiles; no tile is called so. */
    private static final String RESULT = "result of the kernel";

    private static final String CONDITION = "condition of a block";
    private static final String STAGED = "elements that are read once for a block";

    private final AttentionSteps steps;
    private final Set<Buffer> results;
    private final Map<Action, Optional<AttentionRole>> roles = new IdentityHashMap<>();
    private boolean reduced;
    private boolean ended;

    private ActionRoles(AttentionSteps steps, ScheduledKernel kernel) {
        this.steps = steps;
        this.results = new HashSet<>(kernel.kernel().writes());
        walk(kernel.body(), false);
    }

    /** By identity, since equal actions may have different roles. Where threads wait is known to have none. */
    static Map<Action, Optional<AttentionRole>> of(ScheduledKernel kernel) {
        return AttentionSteps.of(kernel.kernel().program())
                .map(steps -> new ActionRoles(steps, kernel).roles)
                .orElseGet(IdentityHashMap::new);
    }

    /** The roles of some actions together. */
    private Set<AttentionRole> walk(List<Action> body, boolean masked) {
        Set<AttentionRole> all = EnumSet.noneOf(AttentionRole.class);
        for (Action action : body) {
            Set<AttentionRole> own = walk(action, masked);
            if (own.size() == 1) {
                roles.put(action, Optional.of(own.iterator().next()));
            }
            all.addAll(own);
        }
        return all;
    }

    private Set<AttentionRole> walk(Action action, boolean masked) {
        return switch (action) {
            case Action.For f -> walk(f.body(), masked);
            case Action.Blocks b -> walk(b.body(), masked);
            case Action.Checked c -> walk(c.body(), masked);
            case Action.Sparse s -> walk(s.body(), masked);
            case Action.Partial p -> {
                walk(p.body(), true);
                yield Set.of(AttentionRole.MASK);
            }
            case Action.Method m -> {
                Set<AttentionRole> inner = walk(m.body(), masked);
                if (inner.contains(AttentionRole.SOFTMAX)) {
                    roles.put(m, Optional.of(AttentionRole.SOFTMAX));
                }
                yield inner;
            }
            case Action.When w -> when(w, masked);
            case Action.Barrier b -> {
                roles.put(b, Optional.empty());
                yield Set.of();
            }
            default ->
                written(action)
                        .<Set<AttentionRole>>map(tile -> leaf(action, tile, masked))
                        .orElseGet(Set::of);
        };
    }

    /** What depends on a block being full or empty is for the mask, whatever else is done where it holds. */
    private Set<AttentionRole> when(Action.When when, boolean masked) {
        boolean full = isNegated(when.condition());
        Set<AttentionRole> inner = walk(when.body(), masked || full);
        if (inner.size() > 1) {
            roles.put(when, Optional.of(AttentionRole.MASK));
        }
        return inner;
    }

    private static boolean isNegated(ScalarExpr condition) {
        return condition instanceof ScalarExpr.Apply a
                && a.fn() == ScalarFn.NOT
                && a.args().getFirst() instanceof ScalarExpr.Variable;
    }

    private Set<AttentionRole> leaf(Action action, String tile, boolean masked) {
        if (steps.isReduction(tile) && action instanceof Action.Fold) {
            reduced = true;
        }
        if (steps.isLast(tile)) {
            ended = true;
        }
        return Set.of(role(action, tile, masked));
    }

    private AttentionRole role(Action action, String tile, boolean masked) {
        if (tile.equals(RESULT)) {
            return AttentionRole.OUTPUT;
        }
        if (tile.equals(CONDITION)) {
            return AttentionRole.MASK;
        }
        if (tile.equals(STAGED)) {
            return masked ? AttentionRole.MASK : reduced ? AttentionRole.VALUES : AttentionRole.SCORES;
        }
        // After the softmax, what is copied into shared memory is for the product with the values.
        boolean copied = action instanceof Action.Store s && s.value() instanceof ScalarExpr.Variable
                || action instanceof Action.Let l && l.value() instanceof ScalarExpr.Element;
        boolean again = steps.isScore(tile) || steps.isFactor(tile);
        return reduced && copied && again ? AttentionRole.VALUES : steps.role(tile, masked, reduced, ended);
    }

    /** The tile that an action writes, or what else it does. */
    private Optional<String> written(Action action) {
        return switch (action) {
            case Action.Let l ->
                l.variable().type() == DType.BOOL && !steps.isTile(l.variable().name())
                        ? Optional.of(CONDITION)
                        : tile(l.variable().name());
            case Action.Assign a -> tile(a.variable().name());
            case Action.Begin b -> tile(b.result().name());
            case Action.Fold f -> tile(f.result().name());
            case Action.Exchange e -> tile(e.result().name());
            case Action.Store s -> stored(s.to(), s.value());
            case Action.Add a -> stored(a.to(), a.value());
            case Action.Fill f -> tile(f.tile());
            case Action.Product p -> tile(p.sums());
            case Action.Turn t -> written(t.to());
            default -> Optional.empty();
        };
    }

    private Optional<String> written(Action.Operand to) {
        return to instanceof Action.Operand.Placed p ? tile(p.tile()) : Optional.of(RESULT);
    }

    private Optional<String> stored(Buffer to, ScalarExpr value) {
        if (results.contains(to)) {
            return Optional.of(RESULT);
        }
        Optional<String> tile = tile(to.name().replaceFirst(TILE + "$", ""));
        if (tile.isPresent()) {
            return tile;
        }
        return value instanceof ScalarExpr.Variable v ? tile(v.name()) : Optional.of(STAGED);
    }

    private Optional<String> tile(PlacedTile placed) {
        return tile(placed.buffer().name().replaceFirst(TILE + "$", ""));
    }

    /** A tile, or a copy of one that a thread has, which is marked by a prime. */
    private Optional<String> tile(String name) {
        String plain = name.endsWith("'") ? name.substring(0, name.length() - 1) : name;
        return Optional.of(plain).filter(steps::isTile);
    }
}
