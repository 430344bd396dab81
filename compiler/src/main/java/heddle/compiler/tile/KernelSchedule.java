package heddle.compiler.tile;

import heddle.compiler.index.BlockTable;
import heddle.compiler.scalar.Axis;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How a kernel is executed: into what blocks its loops are cut, in which order they begin, where tiles are held, what tells empty
 * blocks apart. It does not affect what the kernel means. The choices are a set: at most one of a kind for a subject, in no order.
 * {@link ScheduleVerifier} says which are legal.
 *
 * <p>A parallel loop that no choice cuts has a block for each index. Any other such loop has one block.
 */
public record KernelSchedule(List<Choice> choices) {
    /** No choices. */
    public static final KernelSchedule NONE = new KernelSchedule(List.of());

    /** @throws IllegalArgumentException when two choices of a kind have one subject */
    public KernelSchedule {
        choices = List.copyOf(choices);
        Map<List<Object>, Choice> seen = new LinkedHashMap<>();
        for (Choice c : choices) {
            Choice other = seen.putIfAbsent(List.of(c.getClass(), c.subject()), c);
            if (other != null) {
                throw new IllegalArgumentException(c + " beside " + other);
            }
        }
    }

    /** Only blocks, by the names of their loops. */
    public static KernelSchedule blocks(Map<String, Integer> sizes) {
        KernelSchedule schedule = NONE;
        for (Map.Entry<String, Integer> e : new TreeMap<>(sizes).entrySet()) {
            schedule = schedule.with(new Choice.Cut(new LoopId(e.getKey()), new Choice.Size.Blocks(e.getValue())));
        }
        return schedule;
    }

    /** This schedule with another choice, which replaces one of its kind for the same subject. */
    public KernelSchedule with(Choice choice) {
        List<Choice> all = new ArrayList<>(choices);
        all.removeIf(c -> c.getClass() == choice.getClass() && c.subject().equals(choice.subject()));
        all.add(choice);
        return new KernelSchedule(all);
    }

    /** This schedule with the choices of another, which replace those of their kinds and subjects. */
    public KernelSchedule with(KernelSchedule other) {
        KernelSchedule schedule = this;
        for (Choice c : other.choices) {
            schedule = schedule.with(c);
        }
        return schedule;
    }

    private <C extends Choice> Optional<C> find(Class<C> kind, String subject) {
        return choices.stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .filter(c -> c.subject().equals(subject))
                .findFirst();
    }

    /** How a loop is cut, if a choice says so. */
    public Optional<Choice.Size> cut(LoopId loop) {
        return find(Choice.Cut.class, loop.name()).map(Choice.Cut::size);
    }

    /** Indexes in a block of a loop; one when it is not cut into blocks of several. */
    public int block(LoopId loop) {
        return cut(loop)
                .map(size -> size instanceof Choice.Size.Blocks blocks ? blocks.n() : 1)
                .orElse(1);
    }

    /** The sizes of all blocks, by the names of their loops. */
    public SortedMap<String, Integer> blocks() {
        SortedMap<String, Integer> blocks = new TreeMap<>();
        for (Choice c : choices) {
            if (c instanceof Choice.Cut cut && cut.size() instanceof Choice.Size.Blocks size) {
                blocks.put(cut.loop().name(), size.n());
            }
        }
        return blocks;
    }

    /** As comments show the blocks: {@code i 32, j 128}. */
    public String blocksText() {
        return blocks().entrySet().stream()
                .map(e -> e.getKey() + " " + e.getValue())
                .collect(Collectors.joining(", "));
    }

    /** Whether the blocks of a parallel loop begin with the last. */
    public boolean isDown(LoopId loop) {
        return find(Choice.Order.class, loop.name())
                .filter(o -> o.direction() == Choice.Direction.DOWN)
                .isPresent();
    }

    /** How many blocks of a parallel loop are taken with each block of the loop around it; all without a choice. */
    public OptionalInt band(LoopId loop) {
        return find(Choice.Band.class, loop.name()).stream()
                .mapToInt(Choice.Band::n)
                .findFirst();
    }

    /** Whether the rows of a block are few, and computed one by one rather than in lanes. */
    public boolean hasRowsOneByOne() {
        return choices.stream()
                .anyMatch(c ->
                        c instanceof Choice.Bind b && b.chain().stream().anyMatch(f -> f.level() == Choice.Level.LOOP));
    }

    /** How many indexes along an axis a level has, if a chain says so. */
    public OptionalInt bound(Axis axis, Choice.Level level) {
        return find(Choice.Bind.class, axis.name()).stream()
                .flatMap(b -> b.chain().stream())
                .filter(f -> f.level() == level)
                .mapToInt(Choice.Factor::n)
                .findFirst();
    }

    /** How many indexes along an axis the statements that change a tile compute at once; one without a choice. */
    public int unroll(Tile tile, Axis axis) {
        return choices.stream()
                .filter(c -> c instanceof Choice.Unroll u
                        && u.tile().equals(tile.name())
                        && u.axis().equals(axis.name()))
                .mapToInt(c -> ((Choice.Unroll) c).n())
                .findFirst()
                .orElse(1);
    }

    /** By how many indexes blocks of a loop are narrowed, if they are. */
    public OptionalInt trim(LoopId loop) {
        return find(Choice.Trim.class, loop.name()).stream()
                .mapToInt(Choice.Trim::n)
                .findFirst();
    }

    /** From how many rows on a block of a tile is read as a whole before products read it, if it is. */
    public OptionalInt fetch(Tile tile) {
        return find(Choice.Fetch.class, tile.name()).stream()
                .mapToInt(Choice.Fetch::rows)
                .findFirst();
    }

    /** From how many rows on products ask a cache for the terms of a tile that follow, if they do. */
    public OptionalInt prefetch(Tile tile) {
        return find(Choice.Prefetch.class, tile.name()).stream()
                .mapToInt(Choice.Prefetch::rows)
                .findFirst();
    }

    /** How many indexes along a summed axis are in local memory at once, if not all of a block. */
    public OptionalInt stage(Axis axis) {
        return find(Choice.Stage.class, axis.name()).stream()
                .mapToInt(Choice.Stage::n)
                .findFirst();
    }

    /** Elements that stand unused behind each line of a tile; none without a choice. */
    public int pitch(Tile tile) {
        return find(Choice.Pitch.class, tile.name()).map(Choice.Pitch::more).orElse(0);
    }

    /** Pieces that a thread takes on average; one without a choice. */
    public int pieces() {
        return choices.stream()
                .filter(Choice.Grain.class::isInstance)
                .mapToInt(c -> ((Choice.Grain) c).pieces())
                .findFirst()
                .orElse(1);
    }

    /** Where a tile is held. @throws IllegalStateException when no choice places it */
    public TilePlace place(Tile tile) {
        return find(Choice.Place.class, tile.name())
                .map(Choice.Place::place)
                .orElseThrow(() -> new IllegalStateException("the schedule does not say where " + tile + " is held"));
    }

    /** The tables that tell blocks apart. */
    public List<BlockTable> tables() {
        return choices.stream()
                .filter(Choice.Skip.class::isInstance)
                .flatMap(c -> ((Choice.Skip) c).tables().stream())
                .toList();
    }
}
