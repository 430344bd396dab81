package heddle.compiler.inspect;

import heddle.compiler.ir.Node;
import heddle.compiler.ir.Op;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;

/**
 * A node through all stages of a graph. It is the same node as long as path and operation are the same; attributes, types and
 * operands may change.
 */
public final class HistoryNode {
    /**
     * What a node reads: a result of another.
     *
     * @param node its number in the history
     */
    public record Operand(int node, int result) {}

    /**
     * The node from one stage on.
     *
     * @param stage    the first stage in which it is so
     * @param node     as it is in the graph of that stage
     * @param operands what it reads, by slot
     */
    public record Version(int stage, Node node, List<Operand> operands) {
        public Version {
            operands = List.copyOf(operands);
        }
    }

    /**
     * Why there is a node.
     *
     * @param stage the stage that has it first
     * @param rule  the rule, or the pass where it has no rules
     * @param from  the nodes that it stands for, in the order of the history
     */
    public record Made(int stage, String rule, SequencedSet<Integer> from) {
        public Made {
            from = Collections.unmodifiableSequencedSet(from);
        }
    }

    private final int id;
    private final Optional<Made> made;
    private final List<Version> versions = new ArrayList<>();
    private final BitSet alive = new BitSet();

    HistoryNode(int id, Optional<Made> made) {
        this.id = id;
        this.made = made;
    }

    void add(Version version) {
        if (versions.isEmpty() || !isSame(versions.getLast(), version)) {
            versions.add(version);
        }
        alive.set(version.stage());
    }

    private static boolean isSame(Version before, Version now) {
        return !isRewritten(before, now) && before.operands().equals(now.operands());
    }

    /** Whether attributes or types changed. That an operand is another node is a change of the operand. */
    private static boolean isRewritten(Version before, Version now) {
        return !before.node().op().equals(now.node().op())
                || !before.node().results().equals(now.node().results());
    }

    /** Its number in the history. */
    public int id() {
        return id;
    }

    /** Why a pass made it; empty for a node that the model asked for. */
    public Optional<Made> made() {
        return made;
    }

    /** Its forms, in the order of stages. */
    public List<Version> versions() {
        return Collections.unmodifiableList(versions);
    }

    /** As it is in the last stage that has it. */
    public Version last() {
        return versions.getLast();
    }

    /** The stages that have it. */
    public BitSet alive() {
        return (BitSet) alive.clone();
    }

    /** Whether a stage rewrote it in place. */
    public boolean isRewritten(int stage) {
        for (int n = 1; n < versions.size(); n++) {
            if (versions.get(n).stage() == stage) {
                return isRewritten(versions.get(n - 1), versions.get(n));
            }
        }
        return false;
    }

    public Op op() {
        return last().node().op();
    }

    public String path() {
        return last().node().path();
    }

    /** Whether it is drawn at the nodes that read it. */
    public boolean isPort() {
        return NodeFamily.isPort(op());
    }
}
