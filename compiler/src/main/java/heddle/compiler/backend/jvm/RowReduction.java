package heddle.compiler.backend.jvm;

import heddle.compiler.backend.source.JavaText;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileStmt;
import java.util.ArrayList;
import java.util.List;

/** Writes a reduction along the axis of the lanes. The order of additions is fixed by the length only. */
final class RowReduction {
    private RowReduction() {}

    /** Writes the loop and gives the result as an expression. The schedule says how many accumulators there are. */
    static String inLanes(KernelScope scope, KernelScope.Part part, Lanes lanes, Tile tile, TileExpr.Reduce r) {
        return inLanes(scope, part, lanes, tile, r, List.of());
    }

    /**
     * The same, with stores at each index before its value is taken.
     *
     * @param stores along the reduced axis
     */
    static String inLanes(
            KernelScope scope,
            KernelScope.Part part,
            Lanes lanes,
            Tile tile,
            TileExpr.Reduce r,
            List<TileStmt.Store> stores) {
        Fold fold = new Fold(r.kind(), r.program().type());
        int copies = scope.kernel().schedule().unroll(tile, r.over());
        Locals.Range range = part.locals().range(r.over());
        JavaText loopText = part.text().apart();
        LaneLoop loop = new LaneLoop(lanes, r.over(), part.locals(), scope.support(), part.text());
        List<String> accumulators = new ArrayList<>();
        for (int i = 0; i < copies; i++) {
            String name = part.locals().fresh("acc" + i);
            accumulators.add(name);
            loopText.line(lanes.vector() + " " + name + " = " + lanes.broadcast(fold.neutral()) + ";");
        }
        loop.write(loopText, range.from(), range.to(), range.length(r.over()), copies, (code, copy) -> {
            stores.forEach(code::store);
            accumulate(code, accumulators.get(copy), fold, r);
        });
        part.text().append(loopText);
        return acrossLanes(scope, part, lanes, fold, tree(fold, accumulators));
    }

    /**
     * The scalar that the lanes of a vector fold to. The Vector API leaves the order of additions and multiplications open,
     * and the interpreter and the compilers of HotSpot choose different ones, so the tree of lanes is written out.
     */
    private static String acrossLanes(KernelScope scope, KernelScope.Part part, Lanes lanes, Fold fold, String vector) {
        if (!fold.dependsOnOrder()) {
            return vector + ".reduceLanes(VectorOperators." + fold.operator() + ")";
        }
        String folded = part.locals().fresh("folded");
        part.text().line(lanes.vector() + " " + folded + " = " + vector + ";");
        for (int half : lanes.halves()) {
            String turned = folded + ".rearrange(" + scope.members().turn(lanes, half) + ")";
            part.text().line(folded + " = " + folded + "." + fold.method() + "(" + turned + ");");
        }
        return folded + ".lane(0)";
    }

    /** Adds a program's value to an accumulator, lanes outside the axis left out. */
    private static void accumulate(VectorCode code, String acc, Fold fold, TileExpr.Reduce r) {
        String value = code.of(r.program());
        if (r.ignoresNaN()) {
            String folded = fold.vectors(acc, value, true);
            String tailed = code.tail()
                    .map(m -> acc + ".blend(" + folded + ", " + m + ")")
                    .orElse(folded);
            code.out().line(acc + " = " + tailed + ";");
            return;
        }
        code.out()
                .line(acc + " = "
                        + code.tail()
                                .map(m -> acc + ".lanewise(VectorOperators." + fold.operator() + ", " + value + ", " + m
                                        + ")")
                                .orElse(acc + "." + fold.method() + "(" + value + ")")
                        + ";");
    }

    private static String tree(Fold fold, List<String> values) {
        if (values.size() == 1) {
            return values.getFirst();
        }
        int half = values.size() / 2;
        return tree(fold, values.subList(0, half)) + "." + fold.method() + "("
                + tree(fold, values.subList(half, values.size())) + ")";
    }

    /** Writes the loop for types that vectors do not hold, and gives the result as an expression. */
    static String oneByOne(KernelScope scope, KernelScope.Part part, TileExpr.Reduce r) {
        Fold fold = new Fold(r.kind(), r.program().type());
        String acc = part.locals().fresh("acc");
        JavaText loopText = part.text().apart();
        loopText.line(Locals.type(r.program().type()) + " " + acc + " = " + fold.neutral() + ";");
        ScalarLoop loop = new ScalarLoop(r.over(), part.locals(), scope.support(), part.text());
        ScalarCode code = loop.open(loopText, "0", KernelScope.extent(r.over()));
        loopText.line(acc + " = " + fold.scalars(acc, code.operand(r.program())) + ";");
        loopText.close();
        part.text().append(loopText);
        return acc;
    }
}
