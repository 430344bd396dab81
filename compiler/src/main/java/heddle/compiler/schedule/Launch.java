package heddle.compiler.schedule;

import heddle.compiler.index.BlockTable;
import heddle.compiler.ir.Node;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.tile.Choice;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.LoopId;
import heddle.compiler.tile.ProgramFacts;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileProgram;
import heddle.compiler.tile.TileVerifier;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.tile.family.Family;
import java.util.List;

/**
 * One kernel of a model, before it is a tile program with a schedule.
 *
 * @param name     the path of the operation that it is for, unique in the schedule
 * @param tables   what it skips blocks by, for an attention whose mask reads data
 * @param computes the nodes of the graph that it computes, and how listings show them
 */
public record Launch(String name, Family family, List<BlockTable> tables, Computed computes) {
    /**
     * Nodes of a graph.
     *
     * @param comments one for each node, with its source places
     */
    public record Computed(List<Node> nodes, List<String> comments) {
        static final Computed NOTHING = new Computed(List.of(), List.of());

        public Computed {
            nodes = List.copyOf(nodes);
            comments = List.copyOf(comments);
        }
    }

    public Launch {
        tables = List.copyOf(tables);
    }

    Launch(String name, Family family, Computed computes) {
        this(name, family, List.of(), computes);
    }

    /** What it computes, as a tile program. */
    public TileProgram program() {
        return family.program(name, computes.comments());
    }

    /**
     * The tile program with the schedule that {@code policy} makes, both checked.
     *
     * @throws heddle.compiler.tile.IllFormedProgram when the program breaks a rule, which is a bug
     * @throws heddle.compiler.tile.IllegalSchedule when a choice is not legal, which is a bug of the policy
     */
    TileKernel kernel(SchedulePolicy policy) {
        TileProgram program = program();
        TileVerifier.verify(program);
        ProgramFacts facts = new ProgramFacts(program);
        KernelSchedule schedule = policy.schedule(family, facts);
        if (!tables.isEmpty() && family instanceof Attention a) {
            schedule = schedule.with(new Choice.Skip(LoopId.of(a.j()), tables));
        }
        TileKernel kernel = new TileKernel(program, schedule);
        policy.verify(kernel, facts);
        return kernel;
    }

    /** The buffers it stores to. */
    public List<Buffer> outputs() {
        return FamilyContents.of(family).outputs();
    }
}
