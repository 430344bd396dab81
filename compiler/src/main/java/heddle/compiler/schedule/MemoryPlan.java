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
 * time share space. Inputs, weights, values prepared from weights, and outputs have other arrays.
 *
 * <p>Buffers are placed in order of decreasing size. Each goes into the tightest gap between the buffers that are
 * needed at the same time (greedy by size, after Pisarchyk and Lee, Efficient Memory Management for Deep Neural Net
 * Inference, 2020, arXiv:2001.03288). The buffers that one kernel reads and writes never share space.
 *
 * @param arrays    the arrays to allocate
 * @param places    the place of each buffer
 * @param peakBytes the bytes of the arrays and of the outputs, or the greatest number of 64 bits where they are more
 */
public record MemoryPlan(List<Array> arrays, SequencedMap<Buffer, Place> places, long peakBytes) {
    /** Places begin at multiples of this many elements, which are whole cache lines of floats. */
    public static final int ALIGNMENT = 16;

    /** The most elements of an array: a little less than Java allows, so that its first elements may stay free. */
    public static final int MAX_ELEMENTS = Integer.MAX_VALUE - 256;

    /** @param storage what the array holds */
    public record Array(Stored storage, long elements) {
        /** The greatest number of 64 bits where they are more. */
        public long bytes() {
            try {
                return storage.bytes(elements);
            } catch (ArithmeticException e) {
                return Long.MAX_VALUE;
            }
        }
    }

    /**
     * Where a buffer lies.
     *
     * @param array  the position in {@link #arrays}
     * @param offset of its first element, in elements
     */
    public record Place(int array, int offset) {}

    /**
     * When a buffer is needed.
     *
     * @param first the position in the plan of the first launch that reads or writes it
     * @param last  that of the last one
     */
    public record Life(int first, int last) {
        /** Whether some launch needs both, or runs while both are needed. */
        public boolean meets(Life other) {
            return first <= other.last && other.first <= last;
        }
    }

    public MemoryPlan {
        arrays = List.copyOf(arrays);
        places = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(places));
    }

    /** A buffer that needs a place. @param elements of its place */
    private record Need(Buffer buffer, long elements, Life life) {}

    /**
     * The plan for some lengths. A buffer with more elements than an array can have gets the start of one all the same, so
     * that it can be told how much memory is missing.
     */
    public static MemoryPlan of(Plan plan, Map<String, Long> lengths) {
        return Demand.of(plan).at(lengths);
    }

    /**
     * What a plan needs memory for, whatever its lengths are.
     *
     * @param lives   when each buffer without memory of its own is needed
     * @param outputs the buffers of results
     */
    public record Demand(SequencedMap<Buffer, Life> lives, Collection<Buffer> outputs) {
        public static Demand of(Plan plan) {
            return new Demand(
                    placed(accesses(plan), plan.outputs().values()),
                    plan.outputs().values());
        }

        /** The plan for some lengths, as {@link MemoryPlan#of} gives it. */
        public MemoryPlan at(Map<String, Long> lengths) {
            List<Packing> packings = new ArrayList<>();
            SequencedMap<Buffer, Place> places = new LinkedHashMap<>();
            for (Need need : needs(lives, lengths)) {
                places.put(need.buffer, place(need, packings));
            }
            List<Array> arrays = packings.stream().map(Packing::array).toList();
            long bytes = arrays.stream().mapToLong(Array::bytes).reduce(0, MemoryPlan::sum);
            for (Buffer output : outputs) {
                bytes = sum(bytes, output.stored().bytes(output.type().shape().size(lengths)));
            }
            return new MemoryPlan(arrays, places, bytes);
        }
    }

    /** When each buffer that a launch reads or writes is needed, in the order in which launches need them first. */
    public static SequencedMap<Buffer, Life> lives(Plan plan) {
        return lives(accesses(plan));
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
        for (Need need : needs(placed(accesses, schedule.outputs().values()), lengths)) {
            Packing packing = packings.computeIfAbsent(need.buffer.stored(), Packing::new);
            packing.add(need, packing.offset(need));
        }
        for (Packing packing : packings.values()) {
            bytes = sum(bytes, packing.array().bytes());
        }
        for (var output : schedule.outputs().entrySet()) {
            Buffer b = output.getValue();
            bytes = isCounted.test(output.getKey())
                    ? sum(bytes, b.stored().bytes(b.type().shape().size(lengths)))
                    : bytes;
        }
        return bytes;
    }

    /** The sum of two amounts, or the greatest number of 64 bits where it is more. */
    private static long sum(long a, long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }

    /** The buffers that a launch writes and reads. */
    private record Access(Collection<Buffer> writes, Collection<Buffer> reads) {}

    private static List<Access> accesses(Plan plan) {
        return plan.launches().stream()
                .map(k -> new Access(k.writes(), k.reads()))
                .toList();
    }

    private static SequencedMap<Buffer, Life> lives(List<Access> launches) {
        SequencedMap<Buffer, Life> lives = new LinkedHashMap<>();
        for (int at = 0; at < launches.size(); at++) {
            Life now = new Life(at, at);
            for (Collection<Buffer> needed : List.of(launches.get(at).writes, launches.get(at).reads)) {
                needed.forEach(b -> lives.merge(b, now, (before, last) -> new Life(before.first, last.last)));
            }
        }
        return lives;
    }

    /** When what is written and no result is needed. */
    private static SequencedMap<Buffer, Life> placed(List<Access> launches, Collection<Buffer> results) {
        SequencedMap<Buffer, Life> placed = lives(launches);
        Set<Buffer> written = new HashSet<>();
        launches.forEach(l -> written.addAll(l.writes));
        written.removeAll(new HashSet<>(results));
        placed.keySet().retainAll(written);
        return placed;
    }

    /** The largest first. */
    private static List<Need> needs(SequencedMap<Buffer, Life> lives, Map<String, Long> lengths) {
        List<Need> needs = new ArrayList<>();
        lives.forEach((buffer, life) -> needs.add(new Need(buffer, elements(buffer, lengths), life)));
        needs.sort(Comparator.comparingLong(Need::elements).reversed().thenComparingInt(n -> n.life.first));
        return needs;
    }

    private static long elements(Buffer buffer, Map<String, Long> lengths) {
        long elements = buffer.type().shape().size(lengths);
        return Math.max(ALIGNMENT, sum(elements, Math.floorMod(-elements, ALIGNMENT)));
    }

    private static Place place(Need need, List<Packing> packings) {
        Stored storage = need.buffer.stored();
        for (int i = 0; i < packings.size(); i++) {
            if (packings.get(i).storage == storage) {
                long offset = packings.get(i).offset(need);
                // What no array can hold still shares its place with what is needed at other times.
                if (offset == 0 || sum(offset, need.elements) <= MAX_ELEMENTS) {
                    packings.get(i).add(need, offset);
                    return new Place(i, (int) offset);
                }
            }
        }
        packings.add(new Packing(storage));
        packings.getLast().add(need, 0);
        return new Place(packings.size() - 1, 0);
    }

    /** An array that is being filled. */
    private static final class Packing {
        private record Placed(Need need, long offset) {
            long end() {
                return sum(offset, need.elements);
            }
        }

        private final Stored storage;
        /** By their offsets. */
        private final List<Placed> placed = new ArrayList<>();

        Packing(Stored storage) {
            this.storage = storage;
        }

        /** The start of the tightest gap that is free during a whole lifetime, or the end of the memory then in use. */
        long offset(Need need) {
            long best = -1;
            long tightest = Long.MAX_VALUE;
            long end = 0;
            for (Placed p : placed) {
                if (p.need.life.meets(need.life)) {
                    long gap = p.offset - end;
                    if (gap >= need.elements && gap < tightest) {
                        best = end;
                        tightest = gap;
                    }
                    end = Math.max(end, p.end());
                }
            }
            return best >= 0 ? best : end;
        }

        void add(Need need, long offset) {
            int at = placed.size();
            while (at > 0 && placed.get(at - 1).offset > offset) {
                at--;
            }
            placed.add(at, new Placed(need, offset));
        }

        Array array() {
            return new Array(
                    storage, placed.stream().mapToLong(Placed::end).max().orElse(0));
        }
    }
}
