package heddle.tests.fusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.schedule.Plan;
import heddle.compiler.scheduled.Action;
import heddle.compiler.scheduled.group.DeviceScheduler;
import heddle.compiler.tile.TileKernel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A condition that holds a barrier is followed by one. Otherwise PoCL lets the first thread of a group choose for all in a branch at its end
 * ({@code docs/tornado.md}).
 */
class ConditionBarrierTest {
    private final List<String> followed = new ArrayList<>();
    private final List<String> alone = new ArrayList<>();

    /** Masks that skip blocks: what a block is skipped by is a condition around all of its steps. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "fuses/causal-and-padding",
                "fuses/causal-then-padding",
                "fuses/causal-strict",
                "fuses/alibi-causal",
                "fuses/causal-then-bias"
            })
    void isFollowedByABarrier(String name) {
        for (TornadoTarget target : List.of(TornadoTarget.GPU, TornadoTarget.CPU)) {
            Plan plan = Compiler.compile(
                            TrainedModel.of(CorpusFile.read(name).model()).graph(),
                            Fusion.FUSED,
                            new DevicePolicy(target),
                            Set.of())
                    .plan();
            for (TileKernel kernel : plan.launches()) {
                holdsBarrier(
                        DeviceScheduler.schedule(kernel).body(),
                        kernel.program().name() + " on a " + target.device().name());
            }
        }
        assertEquals(List.of(), alone);
        assertTrue(!followed.isEmpty(), "no condition holds a barrier");
    }

    private boolean holdsBarrier(List<Action> actions, String where) {
        boolean holds = false;
        for (int n = 0; n < actions.size(); n++) {
            boolean within = holdsBarrier(actions.get(n), where);
            holds |= within;
            if (within && actions.get(n) instanceof Action.When w) {
                boolean isFollowed = n + 1 < actions.size() && actions.get(n + 1) instanceof Action.Barrier;
                (isFollowed ? followed : alone).add(where + ": " + w.condition());
            }
        }
        return holds;
    }

    private boolean holdsBarrier(Action action, String where) {
        return action instanceof Action.Barrier || holdsBarrier(action.body(), where);
    }
}
