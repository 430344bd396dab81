package heddle.cli.page;

import heddle.compiler.scalar.Buffer;
import heddle.compiler.schedule.MemoryPlan;
import heddle.compiler.schedule.MemoryPlan.Life;
import heddle.compiler.schedule.Plan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.ToIntFunction;

/** The buffers of a plan: what they are for, when a run needs them, and where they lie. */
final class PlanBuffers {
    private static final String INPUT = "input";
    private static final String WEIGHT = "weight";
    private static final String CONSTANT = "constant";
    /** Computed from weights once. */
    private static final String PREPARED = "prepared";

    private static final String OUTPUT = "output";
    /** An intermediate result, which has a place in an array. */
    private static final String VALUE = "value";

    private final Inspected in;
    private final Plan plan;
    private final SequencedMap<Buffer, Life> lives;
    private final SequencedMap<Buffer, String> kinds;
    private final Optional<MemoryPlan> memory;

    PlanBuffers(Inspected in, PlanCosts costs) {
        this.in = in;
        this.plan = costs.plan();
        this.lives = MemoryPlan.lives(plan);
        this.kinds = kinds(plan);
        this.memory = costs.memory();
    }

    private static SequencedMap<Buffer, String> kinds(Plan plan) {
        SequencedMap<Buffer, String> kinds = new LinkedHashMap<>();
        plan.inputs().values().forEach(b -> kinds.putIfAbsent(b, INPUT));
        plan.weights().values().forEach(b -> kinds.putIfAbsent(b, WEIGHT));
        plan.constants().forEach(c -> kinds.putIfAbsent(c.buffer(), CONSTANT));
        plan.prepare().forEach(k -> k.writes().forEach(b -> kinds.putIfAbsent(b, PREPARED)));
        plan.outputs().values().forEach(b -> kinds.putIfAbsent(b, OUTPUT));
        plan.launches().forEach(k -> k.writes().forEach(b -> kinds.putIfAbsent(b, VALUE)));
        return kinds;
    }

    /** All of them, those that are there before a run first. @param node the number of the node that fills a buffer, or -1 */
    List<Object> all(ToIntFunction<Buffer> node) {
        List<Object> all = new ArrayList<>();
        for (Buffer buffer : order()) {
            Map<String, Object> fields = basic(buffer);
            fields.put("node", node.applyAsInt(buffer));
            fields.put("type", buffer.type().toString());
            fields.put("stored", buffer.stored().toString());
            all.add(fields);
        }
        return all;
    }

    /** Those that a run adds, in short. */
    List<Object> added() {
        List<Object> added = new ArrayList<>();
        for (Buffer buffer : order()) {
            if (kinds.get(buffer).equals(OUTPUT) || kinds.get(buffer).equals(VALUE)) {
                added.add(basic(buffer));
            }
        }
        return added;
    }

    private List<Buffer> order() {
        Life never = new Life(-1, -1);
        return kinds.keySet().stream()
                .sorted(Comparator.comparingInt(
                        b -> lives.getOrDefault(b, never).first()))
                .toList();
    }

    private Map<String, Object> basic(Buffer buffer) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", buffer.name());
        fields.put("kind", kinds.get(buffer));
        fields.put("bytes", bytes(buffer));
        Life life = lives.get(buffer);
        if (life != null) {
            fields.put("first", life.first());
            fields.put("last", life.last());
        }
        memory.map(m -> m.places().get(buffer)).ifPresent(place -> {
            fields.put("array", place.array());
            fields.put("offset", buffer.stored().bytes(place.offset()));
        });
        return fields;
    }

    private Object bytes(Buffer buffer) {
        return in.amount(buffer.stored().bytes(buffer.type().shape().size()));
    }

    /** The arrays that hold intermediate results; none while lengths are not known. */
    List<Object> arrays() {
        List<Object> arrays = new ArrayList<>();
        memory.ifPresent(m -> m.arrays().forEach(a -> {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("stored", a.storage().toString());
            fields.put("bytes", a.bytes());
            arrays.add(fields);
        }));
        return arrays;
    }

    /** The outputs, each with its buffer. With the arrays they make up the peak. */
    List<Object> outputs() {
        List<Object> outputs = new ArrayList<>();
        plan.outputs().forEach((name, buffer) -> {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("name", name);
            fields.put("buffer", buffer.name());
            fields.put("bytes", bytes(buffer));
            outputs.add(fields);
        });
        return outputs;
    }
}
