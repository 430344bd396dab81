package heddle.compiler.backend.tornado.host;

import heddle.compiler.backend.emit.Names;
import heddle.compiler.backend.tornado.Lengths;
import heddle.compiler.backend.tornado.Storage;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.schedule.Plan;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;

/**
 * The arrays of a plan on the device. Inputs, weights, values prepared from weights, and outputs have arrays of their
 * own. Intermediate results share a few arrays, each of which holds one result at a time.
 */
final class DeviceArrays {
    /**
     * One array, a field of the host class.
     *
     * @param shared whether intermediate results take turns in it
     * @param sizes  in elements; it is as large as the largest
     * @param holds  the buffers that lie in it, one after the other
     */
    record Field(String name, Storage storage, boolean shared, SequencedSet<Dim> sizes, List<Buffer> holds) {}

    private final Names names = new Names();
    private final List<Field> fields = new ArrayList<>();
    private final Map<Buffer, Field> byBuffer = new HashMap<>();

    DeviceArrays(Plan plan) {
        Lengths.OF_CLASS.forEach(names::unique);
        HostClass.OPERATIONS.forEach(names::unique);
        plan.lengths().forEach(symbol -> names.unique(Lengths.variable(symbol)));
        plan.inputs().values().forEach(this::own);
        plan.weights().values().forEach(this::own);
        plan.constants().forEach(c -> own(c.buffer()));
        plan.prepare().forEach(k -> k.writes().forEach(this::own));
        plan.outputs().values().forEach(this::own);
        share(plan);
    }

    private void own(Buffer buffer) {
        if (!byBuffer.containsKey(buffer)) {
            add(names.unique(buffer.name()), false, buffer);
        }
    }

    private void add(String name, boolean shared, Buffer buffer) {
        Storage storage = Storage.of(buffer.stored());
        Field field = new Field(name, storage, shared, new LinkedHashSet<>(), new ArrayList<>());
        fields.add(field);
        put(buffer, field);
    }

    private void put(Buffer buffer, Field field) {
        field.sizes.add(size(buffer));
        field.holds.add(buffer);
        byBuffer.put(buffer, field);
    }

    private static Dim size(Buffer buffer) {
        return Storage.of(buffer.stored()).elements(buffer.type().shape().size());
    }

    /** Gives each intermediate result an array that is free from the kernel that writes it to the last that reads it. */
    private void share(Plan plan) {
        Map<Buffer, Integer> last = new HashMap<>();
        for (int at = 0; at < plan.launches().size(); at++) {
            int now = at;
            plan.launches().get(at).reads().forEach(b -> last.put(b, now));
        }
        List<Field> free = new ArrayList<>();
        for (int at = 0; at < plan.launches().size(); at++) {
            TileKernel kernel = plan.launches().get(at);
            for (Buffer written : kernel.writes()) {
                if (!byBuffer.containsKey(written)) {
                    place(written, free);
                }
            }
            int now = at;
            Set<Buffer> ended = new LinkedHashSet<>(kernel.reads());
            ended.addAll(kernel.writes());
            ended.removeIf(
                    b -> last.getOrDefault(b, now) > now || !byBuffer.get(b).shared());
            ended.forEach(b -> free.add(byBuffer.get(b)));
        }
    }

    /** In a free array of this size, else in any free array of this type, else in a new one. */
    private void place(Buffer buffer, List<Field> free) {
        Storage storage = Storage.of(buffer.stored());
        List<Field> fit = free.stream().filter(f -> f.storage() == storage).toList();
        Field found = fit.stream()
                .filter(f -> f.sizes().contains(size(buffer)))
                .findFirst()
                .orElse(fit.isEmpty() ? null : fit.getFirst());
        if (found == null) {
            add(names.unique(storage.variable() + "s"), true, buffer);
        } else {
            free.remove(found);
            put(buffer, found);
        }
    }

    List<Field> fields() {
        return fields;
    }

    /** The array that a buffer lies in. */
    Field of(Buffer buffer) {
        return byBuffer.get(buffer);
    }
}
