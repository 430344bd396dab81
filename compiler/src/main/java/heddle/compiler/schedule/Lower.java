package heddle.compiler.schedule;

import heddle.compiler.index.BlockTable;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.LengthCondition;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.text.GraphText;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Contract;
import heddle.compiler.op.Input;
import heddle.compiler.op.Weight;
import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.op.attention.AttentionProbabilities;
import heddle.compiler.op.attention.AttentionQueryGradient;
import heddle.compiler.op.attention.FusedAttention;
import heddle.compiler.op.attention.GradientOp;
import heddle.compiler.op.layout.ScatterOp;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.Derivatives;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.schedule.partition.Partition;
import heddle.compiler.schedule.partition.Region;
import heddle.compiler.tile.ProgramFacts;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.tile.family.AttentionGradients;
import heddle.compiler.tile.family.Contraction;
import heddle.compiler.tile.family.CopiedRows;
import heddle.compiler.tile.family.Family;
import heddle.compiler.tile.family.MapFamily;
import heddle.compiler.tile.family.MapPieces;
import heddle.compiler.tile.family.PairTables;
import heddle.compiler.tile.family.Panels;
import heddle.compiler.tile.family.SplitAttention;
import heddle.compiler.tile.proof.AddressProof;
import heddle.compiler.type.LengthFacts;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Lowers a graph to kernels. Work that needs only weights and constants is done once, when the weights are loaded. If
 * the right operand of a matmul is known then, it is packed at that time.
 */
public final class Lower {
    private final Graph graph;
    private final Partition partition;
    private final SchedulePolicy policy;
    private final LengthFacts facts;
    private final AddressProof addresses;
    private final Buffers buffers;
    private final TabulateMasks tables;
    private final List<Launch> prepare = new ArrayList<>();
    private final List<Launch> launches = new ArrayList<>();
    private final Set<Buffer> prepared = new HashSet<>();
    private final Set<Region> joined = new HashSet<>();
    private final Map<ScalarExpr, Buffer> copied = new HashMap<>();
    private final Map<ScalarExpr, Buffer> tabulated = new HashMap<>();
    private final PlanNames names = new PlanNames();

    private Lower(Graph graph, Partition partition, SchedulePolicy policy, LengthFacts facts) {
        this.graph = graph;
        this.policy = policy;
        this.facts = facts;
        this.addresses = new AddressProof(facts);
        this.partition = partition;
        this.buffers = new Buffers(graph, partition, policy.keepsPacked(), policy.widensOutputs());
        this.tables = new TabulateMasks(buffers::unique, addresses);
    }

    /** Kernels as large as they are good for, of a graph that says all there is to know of its lengths. */
    public static Schedule fused(Graph graph, SchedulePolicy policy) {
        return fused(graph, policy, LengthCondition.facts(graph));
    }

    /**
     * Kernels as large as they are good for.
     *
     * @param facts what holds of lengths whenever the model runs
     */
    public static Schedule fused(Graph graph, SchedulePolicy policy, LengthFacts facts) {
        return new Lower(graph, Partition.fused(graph, policy.keepsPacked()), policy, facts).schedule();
    }

    /** A kernel for each node, of a graph that says all there is to know of its lengths. */
    public static Schedule unfused(Graph graph, SchedulePolicy policy) {
        return unfused(graph, policy, LengthCondition.facts(graph));
    }

    /**
     * A kernel for each node.
     *
     * @param facts what holds of lengths whenever the model runs
     */
    public static Schedule unfused(Graph graph, SchedulePolicy policy, LengthFacts facts) {
        return new Lower(graph, Partition.unfused(graph), policy, facts).schedule();
    }

    private Schedule schedule() {
        SequencedMap<String, Buffer> inputs = new LinkedHashMap<>();
        SequencedMap<String, Buffer> weights = new LinkedHashMap<>();
        List<Plan.ConstantBuffer> constants = new ArrayList<>();
        for (Node node : graph.nodes()) {
            Buffer buffer = buffers.of(node.value()).orElse(null);
            switch (node.op()) {
                case Input input -> inputs.put(input.key(), buffer);
                case Weight weight -> weights.put(weight.key(), buffer);
                case Constant c -> {
                    if (!c.isSplat()) {
                        constants.add(constant(c, buffer));
                    }
                }
                default -> {}
            }
        }
        prepared.addAll(weights.values());
        constants.forEach(c -> prepared.add(c.buffer()));
        partition.kernels().values().forEach(this::lower);
        SequencedMap<String, Buffer> outputs = new LinkedHashMap<>();
        graph.outputs().forEach((name, v) -> outputs.put(name, buffers.of(v).orElseThrow()));
        return new Schedule(
                graph.name(),
                lengths(),
                Collections.unmodifiableSequencedMap(inputs),
                Collections.unmodifiableSequencedMap(weights),
                constants,
                Collections.unmodifiableSequencedMap(outputs),
                policy,
                facts,
                prepare,
                launches);
    }

    private static Plan.ConstantBuffer constant(Constant c, Buffer buffer) {
        return new Plan.ConstantBuffer(
                buffer, c.values().stream().map(Number::doubleValue).toList());
    }

    private Family lowered(Region region) {
        return family(region).map(Derivatives::lowered).map(addresses::guarded);
    }

    private void lower(Region region) {
        if (joined.contains(region)) {
            return;
        }
        Family family = lowered(region);
        if (family instanceof AttentionGradients keys && isInOnePass(region, keys)) {
            return;
        }
        if (family instanceof Contraction c) {
            if (policy.isLeftToLibrary(c.sums("sums")) && !policy.isLeftToLibrary(c)) {
                split(c, region);
                return;
            }
            family = packed(c, region);
        }
        Launch.Computed computed = computed(region.nodes());
        String name = names.kernel(path(region));
        if (family instanceof Attention a) {
            inForm(a, name, computed);
        } else if (family instanceof MapFamily map) {
            map(pieces(map, region.root()), name, computed);
        } else if (family instanceof Contraction c) {
            PairTables.Pairs pairs =
                    new PairTables.Pairs(c.batch(), c.n(), c.m(), c.output().name());
            summed(new Launch(name, c.with(tabulated(pairs, c.epilogue(), name)), computed));
        } else {
            summed(new Launch(name, family, computed));
        }
    }

    /**
     * Whether the gradients by keys, values and queries become one kernel. It stands where that of the keys would, as both read the
     * same.
     */
    private boolean isInOnePass(Region region, AttentionGradients keys) {
        for (Region other : partition.kernels().values()) {
            boolean isLater = other.root().id() > region.root().id();
            if (!isLater
                    || !(other.root().op() instanceof AttentionQueryGradient)
                    || !graph.operands(other.root()).equals(graph.operands(region.root()))) {
                continue;
            }
            Optional<AttentionGradients> both =
                    keys.with((AttentionGradients) lowered(other)).filter(policy::takesOnePass);
            if (both.isPresent()) {
                joined.add(other);
                summed(new Launch(
                        names.kernel(path(region)), both.get(), computed(List.of(region.root(), other.root()))));
                return true;
            }
        }
        return false;
    }

    /** Tables of scores and copies of rows where those pay, and the attention that reads them. */
    private void inForm(Attention written, String name, Launch.Computed computed) {
        AttentionDefinition d = written.definition();
        PairTables.Pairs pairs =
                new PairTables.Pairs(d.batch(), d.i(), d.j(), written.output().name());
        Attention a = new Attention(d.scoring(tabulated(pairs, d.score(), name)), written.stores(), written.filled());
        CopiedRows rows = CopiedRows.of(a, bytes -> policy.copiesRows(a, bytes), buffers::unique, copied);
        rows.copies()
                .forEach((what, copy) ->
                        add(new Launch(names.kernel(name + "." + what), copy, Launch.Computed.NOTHING)));
        attention(policy.form(rows.attention()), name, computed);
    }

    /** A program that looks up what is costly for each pair, of which there are kernels for tables then. */
    private ScalarExpr tabulated(PairTables.Pairs pairs, ScalarExpr program, String name) {
        PairTables found = PairTables.of(
                pairs,
                program,
                (axes, content) -> isPrepared(new FamilyContents(axes, List.of(content), List.of())),
                buffers::unique,
                tabulated);
        found.tables()
                .forEach(table -> add(new Launch(
                        names.kernel(name + ".table"), table.map(addresses::guarded), Launch.Computed.NOTHING)));
        return found.program();
    }

    private void attention(Attention a, String name, Launch.Computed computed) {
        OptionalInt part = policy.part(a);
        if (part.isEmpty()) {
            List<BlockTable> skipped = tables.of(
                    a,
                    () -> policy.schedule(a, new ProgramFacts(a.program(name, computed.comments()))),
                    name,
                    this::add);
            add(new Launch(name, a.leavingOutWhatIsTold(!skipped.isEmpty()), skipped, computed));
            return;
        }
        SplitAttention parts = SplitAttention.of(a, part.getAsInt(), buffers::unique);
        add(new Launch(name, parts, computed));
        add(new Launch(names.kernel(name + ".merge"), parts.merge(), computed));
    }

    /** The pieces of a map, if it is shown of each that it stores inside of the buffer: lengths such as {@code N - M} tell too little. */
    private List<MapFamily> pieces(MapFamily map, Node root) {
        List<MapFamily> pieces = MapPieces.of(map, LowerMap.joined(graph, root));
        boolean isCut = pieces.size() > 1
                && pieces.stream()
                        .allMatch(piece -> addresses.holds(new ScalarExpr.Element(piece.output(), piece.address())));
        // What was proved within a condition is proved anew without it.
        return isCut
                ? pieces.stream().map(piece -> piece.map(addresses::guarded)).toList()
                : List.of(map);
    }

    /** The pieces of a map; work is done beforehand for all of them or for none. */
    private void map(List<MapFamily> pieces, String name, Launch.Computed computed) {
        boolean known = pieces.stream().map(FamilyContents::of).allMatch(this::isPrepared);
        for (int n = 0; n < pieces.size(); n++) {
            String own = pieces.size() == 1 ? name : names.kernel(name + ".part" + n);
            (known ? prepare : launches).add(new Launch(own, pieces.get(n), computed));
        }
        if (known) {
            prepared.add(pieces.getFirst().output());
        }
    }

    /** A matmul whose sums a library computes, and a kernel for its epilogue. */
    private void split(Contraction c, Region region) {
        String name = names.kernel(path(region));
        Contraction sums = c.sums(buffers.unique(c.output().name() + "_sums"));
        List<Node> after = region.nodes().stream()
                .filter(node -> !region.anchors().contains(node))
                .toList();
        Launch.Computed product = computed(region.anchors());
        add(new Launch(name, sums, product));
        add(new Launch(
                names.kernel(name + ".epilogue"), c.epilogue(sums), after.isEmpty() ? product : computed(after)));
    }

    private Launch.Computed computed(Collection<Node> nodes) {
        return new Launch.Computed(
                List.copyOf(nodes),
                nodes.stream().map(node -> GraphText.line(graph, node)).toList());
    }

    private Family family(Region region) {
        if (region.anchors().isEmpty()) {
            return LowerMap.of(graph, region, buffers);
        }
        Node anchor = region.anchors().getFirst();
        return switch (anchor.op()) {
            case Contract c -> LowerContraction.of(graph, region, buffers);
            case FusedAttention a -> LowerAttention.of(graph, region, buffers);
            case AttentionProbabilities p -> LowerAttention.probabilities(graph, region, buffers);
            case ScatterOp s -> scatter(anchor);
            case GradientOp g -> LowerAttention.gradient(graph, region, buffers);
            default -> LowerRows.of(graph, region, buffers);
        };
    }

    /** A kernel behind those that write zeros where it adds to, or what else it begins with. */
    private void summed(Launch launch) {
        boolean known = isPrepared(FamilyContents.of(launch.family()));
        launch.program().sums().forEach((buffer, kind) -> {
            String name = launch.name() + (kind == Reduction.SUM ? ".zeros" : ".neutral");
            (known ? prepare : launches)
                    .add(new Launch(names.kernel(name), MapFamily.neutral(buffer, kind), Launch.Computed.NOTHING));
        });
        add(launch);
    }

    private Family scatter(Node node) {
        return policy.scatters() ? LowerScatter.of(graph, node, buffers) : LowerScatter.sums(graph, node, buffers);
    }

    /** The product with its right side packed beforehand when that is known once the weights are. */
    private Contraction packed(Contraction c, Region region) {
        FamilyContents right = new FamilyContents(List.of(c.n(), c.k()), List.of(c.b()), List.of());
        boolean batched = c.batch().stream().anyMatch(axis -> ScalarExprs.reads(c.b(), axis));
        OptionalInt width = policy.panel(c);
        if (batched || !isPrepared(right) || right.reads().isEmpty() || width.isEmpty()) {
            return c;
        }
        Panels panels = Panels.of(c, width.getAsInt(), buffers::unique);
        panels.packs()
                .forEach(pack -> add(new Launch(names.kernel(path(region) + ".pack"), pack, Launch.Computed.NOTHING)));
        return panels.applyTo(c);
    }

    private void add(Launch launch) {
        boolean known = isPrepared(FamilyContents.of(launch.family()));
        (known ? prepare : launches).add(launch);
        if (known) {
            prepared.addAll(launch.outputs());
        }
    }

    private boolean isPrepared(FamilyContents parts) {
        return parts.symbols().isEmpty() && prepared.containsAll(parts.reads());
    }

    /** The path of the operation that a kernel is for: what it multiplies or reduces, else its result. */
    private static String path(Region region) {
        return region.anchors().isEmpty()
                ? region.root().path()
                : region.anchors().getFirst().path();
    }

    private SortedSet<String> lengths() {
        SortedSet<String> symbols = new TreeSet<>();
        graph.nodes()
                .forEach(n -> n.results().forEach(t -> t.shape().dims().forEach(d -> symbols.addAll(d.symbols()))));
        prepare.forEach(l -> symbols.addAll(FamilyContents.of(l.family()).symbols()));
        launches.forEach(l -> symbols.addAll(FamilyContents.of(l.family()).symbols()));
        return symbols;
    }
}
