package heddle.compiler.schedule;

import heddle.compiler.scalar.Buffer;
import heddle.compiler.type.Stored;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Assigns memory to the intermediate results of a run: a few arrays, in which buffers that are never needed at the same
 * time share space. Inputs, weights, values prepared from weights, and outputs have arrays of their own.
 *
 * <p>Buffers are placed in order of decreasing size. Each goes into the tightest gap between the buffers that are
 * needed at the same time (greedy by size, after Pisarchyk and Lee, Efficient Memory Management for Deep Neural Net
 * Inference, 2020, arXiv:2001.03288). The buffers that one kernel reads and writes never share space.
 *
 * @param arrays    the arrays to allocate
 * @param places    the place of each buffer
 * @param peakBytes the bytes of the arrays and of the outputs
 */
public record MemoryPlan(List<Array> arrays, SequencedMap<Buffer, Place> places, long peakBytes) {
    /** Places begin at multiples of this many elements, so that rows begin at cache lines. */
    private static final int ALIGNMENT = 16;

    /** The most elements of an array. */
    private static final int MAX_ELEMENTS = Integer.MAX_VALUE - 8;

    /** @param storage what the array holds */
    public record Array(Stored storage, long elements) {
        long bytes() {
            return storage.bytes(elements);
        }
    }

    /** @param array  the position in {@link #arrays} */
    public record Place(int array, int offset) {}

    public MemoryPlan {
        arrays = List.copyOf(arrays);
        places = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(places));
    }

    /** A buffer, and the first and the last launch that needs it. */
    private record Life(Buffer buffer, long elements, int from, int to) {
        boolean meets(Life other) {
            return from <= other.to && other.from <= to;
        }
    }

    /**
     * The plan for some lengths. A buffer with more elements than an array can have gets one of its own all the same, so
     * that it can be told how much memory is missing.
     */
    public static MemoryPlan of(Plan plan, Map<String, Long> lengths) {
        List<Access> accesses = plan.launches().stream()
                .map(k -> new Access(k.writes(), k.reads()))
                .toList();
        List<Life> lives = sorted(lives(accesses, plan.outputs().values(), lengths));
        List<Packing> packings = new ArrayList<>();
        SequencedMap<Buffer, Place> places = new LinkedHashMap<>();
        for (Life life : lives) {
            places.put(life.buffer, place(life, packings));
        }
        List<Array> arrays = packings.stream().map(Packing::array).toList();
        long bytes = arrays.stream().mapToLong(Array::bytes).sum();
        for (Buffer output : plan.outputs().values()) {
            bytes += output.stored().bytes(output.type().shape().size().evaluate(lengths));
        }
        return new MemoryPlan(arrays, places, bytes);
    }

    /**
     * The bytes that a run takes for all but inputs, weights and some outputs, as {@link #of} plans it.
     *
     * @param isCounted whether an output counts
     */
    public static long bytes(Schedule schedule, Map<String, Long> lengths, Predicate<String> isCounted) {
        List<Access> accesses = schedule.launches().stream()
                .map(l -> new Access(l.outputs(), FamilyContents.of(l.family()).reads()))
                .toList();
        long bytes = 0;
        Map<Stored, Packing> packings = new EnumMap<>(Stored.class);
        for (Life life : sorted(lives(accesses, schedule.outputs().values(), lengths))) {
            Packing packing = packings.computeIfAbsent(life.buffer.stored(), Packing::new);
            packing.add(life, packing.offset(life));
        }
        for (Packing packing : packings.values()) {
            bytes += packing.array().bytes();
        }
        for (var output : schedule.outputs().entrySet()) {
            Buffer b = output.getValue();
            bytes += isCounted.test(output.getKey())
                    ? b.stored().bytes(b.type().shape().size().evaluate(lengths))
                    : 0;
        }
        return bytes;
    }

    private static List<Life> sorted(List<Life> lives) {
        lives.sort(Comparator.comparingLong(Life::elements).reversed().thenComparingInt(Life::from));
        return lives;
    }

    /** The buffers that a launch writes and reads. */
    private record Access(Collection<Buffer> writes, Collection<Buffer> reads) {}

    private static List<Life> lives(List<Access> launches, Collection<Buffer> results, Map<String, Long> lengths) {
        Map<Buffer, Life> lives = new LinkedHashMap<>();
        Set<Buffer> outputs = new HashSet<>(results);
        for (int at = 0; at < launches.size(); at++) {
            Access kernel = launches.get(at);
            for (Buffer written : kernel.writes()) {
                if (!outputs.contains(written)) {
                    Life before = lives.get(written);
                    int from = before == null ? at : before.from;
                    lives.put(written, new Life(written, elements(written, lengths), from, at));
                }
            }
            int now = at;
            for (Buffer read : kernel.reads()) {
                lives.computeIfPresent(read, (b, life) -> new Life(b, life.elements, life.from, now));
            }
        }
        return new ArrayList<>(lives.values());
    }

    private static long elements(Buffer buffer, Map<String, Long> lengths) {
        long elements = buffer.type().shape().size().evaluate(lengths);
        return Math.max(ALIGNMENT, Math.ceilDiv(elements, ALIGNMENT) * ALIGNMENT);
    }

    private static Place place(Life life, List<Packing> packings) {
        Stored storage = life.buffer.stored();
        for (int i = 0; i < packings.size(); i++) {
            if (packings.get(i).storage == storage) {
                long offset = packings.get(i).offset(life);
                if (offset + life.elements <= MAX_ELEMENTS) {
                    packings.get(i).add(life, offset);
                    return new Place(i, (int) offset);
                }
            }
        }
        packings.add(new Packing(storage));
        packings.getLast().add(life, 0);
        return new Place(packings.size() - 1, 0);
    }

    /** An array that is being filled. */
    private static final class Packing {
        private record Placed(Life life, long offset) {
            long end() {
                return offset + life.elements;
            }
        }

        private final Stored storage;
        private final List<Placed> placed = new ArrayList<>();

        Packing(Stored storage) {
            this.storage = storage;
        }

        /** The start of the tightest gap that is free during a whole lifetime, or the end of the memory then in use. */
        long offset(Life life) {
            List<Placed> inUse = placed.stream()
                    .filter(p -> p.life.meets(life))
                    .sorted(Comparator.comparingLong(Placed::offset))
                    .toList();
            long best = -1;
            long tightest = Long.MAX_VALUE;
            long end = 0;
            for (Placed p : inUse) {
                long gap = p.offset - end;
                if (gap >= life.elements && gap < tightest) {
                    best = end;
                    tightest = gap;
                }
                end = Math.max(end, p.end());
            }
            return best >= 0 ? best : end;
        }

        void add(Life life, long offset) {
            placed.add(new Placed(life, offset));
        }

        Array array() {
            return new Array(
                    storage, placed.stream().mapToLong(Placed::end).max().orElse(0));
        }
    }
}
