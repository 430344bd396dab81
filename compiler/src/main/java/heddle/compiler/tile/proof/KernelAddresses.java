package heddle.compiler.tile.proof;

import heddle.compiler.index.BlockMask;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Element;
import heddle.compiler.scalar.SharedExpr;
import heddle.compiler.tile.LoopMask;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileStmt;
import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Goes through the statements of one kernel. */
final class KernelAddresses {
    private final AddressProof proof;
    private final TileKernel kernel;
    private AddressCounts counts = AddressCounts.NONE;

    KernelAddresses(AddressProof proof, TileKernel kernel) {
        this.proof = proof;
        this.kernel = kernel;
    }

    AddressCounts counts() {
        kernel.body().forEach(this::add);
        return counts;
    }

    private void add(TileStmt stmt) {
        switch (stmt) {
            case TileStmt.Define d -> add(d.value(), d.tile().name());
            case TileStmt.Update u -> add(u.value(), u.tile().name());
            case TileStmt.Accumulate a -> {}
            case TileStmt.Loop l -> {
                if (!l.bounds().areAllOf(l.axis()) && !proof.areWithin(l.bounds(), l.axis())) {
                    throw new IllegalStateException(
                            "the loop " + l.id() + " of " + kernel.name() + " is not seen to stay in " + l.axis());
                }
                l.mask().ifPresent(mask -> add(mask, l.axis()));
                l.body().forEach(this::add);
            }
            case TileStmt.Masked m -> m.body().forEach(this::add);
            case TileStmt.Store s -> {
                String what = "the store to " + s.buffer();
                add(new Element(s.buffer(), s.address()), what, Set.of());
                add(s.value(), what, Set.of());
            }
            case TileStmt.AddTo a -> {
                String what = "the sum in " + a.buffer();
                add(new Element(a.buffer(), a.address()), what, kernel.program().needed());
                add(a.value(), what, Set.of());
            }
        }
    }

    /** Products read tiles alone, which other statements define. */
    private void add(TileExpr value, String tile) {
        switch (value) {
            case TileExpr.Map m -> add(m.program(), tile, Set.of());
            case TileExpr.Reduce r -> add(r.program(), tile, Set.of());
            case TileExpr.Dot dot -> {}
        }
    }

    /** What is read to tell whether a block is empty or full. The mask itself stands in the body. */
    private void add(LoopMask mask, Axis looped) {
        Map<Axis, BlockMask.Range> ranges = new HashMap<>();
        Set<Dim> extents = new LinkedHashSet<>();
        List<Axis> axes = new ArrayList<>(kernel.parallel());
        axes.add(looped);
        for (Axis axis : axes) {
            extents.add(axis.extent());
            if (kernel.block(axis) > 1 || axis.equals(looped)) {
                ranges.put(axis, range(axis));
            }
        }
        for (BlockMask found : List.of(kernel.over(mask, ranges), kernel.overStep(mask, ranges))) {
            if (found.isKnown()) {
                add(found.everywhere(), "the mask over " + looped, extents);
                add(found.somewhere(), "the mask over " + looped, extents);
            }
        }
    }

    /** Any two indexes: what is read must lie in its buffer wherever a block begins and ends. */
    private static BlockMask.Range range(Axis axis) {
        return new BlockMask.Range(
                ScalarExpr.of(new Axis("first " + axis, axis.extent())),
                ScalarExpr.of(new Axis("last " + axis, axis.extent())));
    }

    private void add(ScalarExpr program, String statement, Set<Dim> positive) {
        Map<SharedExpr, Set<Condition>> open = new LinkedHashMap<>();
        counts = counts.plus(proof.check(program, positive, open));
        if (!open.isEmpty()) {
            throw new AddressOutside(
                    kernel.name(), statement, (Element) open.keySet().iterator().next());
        }
    }
}
