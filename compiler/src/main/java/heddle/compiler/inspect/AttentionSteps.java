package heddle.compiler.inspect;

import heddle.compiler.tile.LoopMode;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileProgram;
import heddle.compiler.tile.TileStmt;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The statements of an attention's tile program by role. The roles follow from what the statements compute: scores are a product that
 * is a factor of another product, values are the other factor.
 */
public final class AttentionSteps {
    private final Map<TileStmt, AttentionRole> roles = new IdentityHashMap<>();
    private final String score;
    private final String value;
    private final String sum;
    private final Set<String> factors;

    /** Tiles that are computed after the last key. */
    private final Set<String> last = new HashSet<>();

    private final Set<String> defined = new HashSet<>();
    private final Set<String> reductions = new HashSet<>();
    private boolean reduced;
    private boolean ended;

    private AttentionSteps(TileExpr.Dot scores, TileStmt.Accumulate sum, TileProgram program) {
        this.score = sum.value().a().name();
        this.value = sum.value().b().name();
        this.sum = sum.tile().name();
        this.factors = Set.of(scores.a().name(), scores.b().name());
        walk(program.body(), false);
    }

    /** Those of a program; empty when it is not an attention with a loop over keys. */
    public static Optional<AttentionSteps> of(TileProgram program) {
        if (!program.label().startsWith("attention")) {
            return Optional.empty();
        }
        Map<Tile, TileExpr.Dot> products = new HashMap<>();
        return find(program.body(), products)
                .map(sum -> new AttentionSteps(products.get(sum.value().a()), sum, program));
    }

    private static Optional<TileStmt.Accumulate> find(List<TileStmt> body, Map<Tile, TileExpr.Dot> products) {
        for (TileStmt stmt : body) {
            if (stmt instanceof TileStmt.Define d && d.value() instanceof TileExpr.Dot dot) {
                products.put(d.tile(), dot);
            } else if (stmt instanceof TileStmt.Accumulate a
                    && products.containsKey(a.value().a())) {
                return Optional.of(a);
            } else if (stmt instanceof TileStmt.Loop l) {
                Optional<TileStmt.Accumulate> inner = find(l.body(), products);
                if (inner.isPresent()) {
                    return inner;
                }
            }
        }
        return Optional.empty();
    }

    /** The role of a statement of the program. */
    public Optional<AttentionRole> of(TileStmt stmt) {
        return Optional.ofNullable(roles.get(stmt));
    }

    /** Whether a tile has this name. */
    boolean isTile(String name) {
        return defined.contains(name);
    }

    boolean isScore(String tile) {
        return tile.equals(score);
    }

    boolean isValue(String tile) {
        return tile.equals(value);
    }

    boolean isSum(String tile) {
        return tile.equals(sum);
    }

    /** Whether a tile holds queries or keys. */
    boolean isFactor(String tile) {
        return factors.contains(tile);
    }

    /** Whether a tile is reduced from scores. */
    boolean isReduction(String tile) {
        return reductions.contains(tile);
    }

    /** Whether a tile is computed after the last key. */
    boolean isLast(String tile) {
        return last.contains(tile);
    }

    private void walk(List<TileStmt> body, boolean masked) {
        for (TileStmt stmt : body) {
            role(stmt, masked).ifPresent(role -> roles.put(stmt, role));
            switch (stmt) {
                case TileStmt.Loop l -> loop(l, masked);
                case TileStmt.Masked m -> walk(m.body(), true);
                default -> {}
            }
        }
    }

    private void loop(TileStmt.Loop loop, boolean masked) {
        walk(loop.body(), masked);
        if (loop.mode() instanceof LoopMode.Partial partial) {
            walk(partial.merge(), false);
        }
        ended = reduced;
    }

    private Optional<AttentionRole> role(TileStmt stmt, boolean masked) {
        return switch (stmt) {
            case TileStmt.Define d -> {
                defined.add(d.tile().name());
                if (d.value() instanceof TileExpr.Reduce) {
                    reductions.add(d.tile().name());
                    reduced = true;
                }
                if (ended) {
                    last.add(d.tile().name());
                }
                yield Optional.of(role(d.tile().name(), masked, reduced, ended));
            }
            case TileStmt.Update u -> Optional.of(role(u.tile().name(), masked, reduced, ended));
            case TileStmt.Accumulate a -> Optional.of(role(a.tile().name(), masked, reduced, ended));
            case TileStmt.Store s -> Optional.of(AttentionRole.OUTPUT);
            case TileStmt.AddTo a -> Optional.of(AttentionRole.OUTPUT);
            case TileStmt.Masked m -> Optional.of(AttentionRole.MASK);
            case TileStmt.Loop l -> l.mask().map(mask -> AttentionRole.MASK);
        };
    }

    /**
     * What computing a tile is for.
     *
     * @param masked  whether only blocks do it where the mask is true in part
     * @param reduced whether the scores of the block have been reduced before
     * @param ended   whether the last key has been seen
     */
    AttentionRole role(String tile, boolean masked, boolean reduced, boolean ended) {
        if (masked) {
            return AttentionRole.MASK;
        }
        if (factors.contains(tile) || isScore(tile) && !reduced) {
            return AttentionRole.SCORES;
        }
        if (isSum(tile)) {
            return ended ? AttentionRole.OUTPUT : AttentionRole.VALUES;
        }
        return isValue(tile) ? AttentionRole.VALUES : AttentionRole.SOFTMAX;
    }
}
