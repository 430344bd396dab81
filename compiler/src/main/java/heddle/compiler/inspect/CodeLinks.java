package heddle.compiler.inspect;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.scheduled.Action;
import heddle.compiler.scheduled.ScheduledKernel;
import heddle.compiler.tile.LoopMask;
import heddle.compiler.tile.TileKernel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Which lines of generated Java are for which kernel, and within an attention for what. It follows from what the writer noted while it
 * wrote, not from the text.
 *
 * @param lines  those of the kernel's methods; of methods that several kernels call, too
 * @param roles  the lines of each role, the finest that is known of a line
 */
public record CodeLinks(List<Lines> lines, Map<AttentionRole, List<Lines>> roles) {
    /** Neighbouring lines, from 1. */
    public record Lines(int first, int last) {}

    public CodeLinks {
        lines = List.copyOf(lines);
        roles = Collections.unmodifiableMap(
                new EnumMap<>(roles.isEmpty() ? new EnumMap<>(AttentionRole.class) : roles));
    }

    /** The links of each kernel that a text has methods of: of kernels that share a method, the one that it was written for. */
    public static SequencedMap<TileKernel, CodeLinks> of(String text, List<JavaText.Mark> marks) {
        int[] starts = starts(text);
        Map<Action, ScheduledKernel> owners = new IdentityHashMap<>();
        Map<Action, Optional<AttentionRole>> roles = new IdentityHashMap<>();
        List<ScheduledKernel> kernels = new ArrayList<>();
        Map<ScheduledKernel, List<JavaText.Mark>> byKernel = new IdentityHashMap<>();
        Map<Object, ScheduledKernel> masks = new IdentityHashMap<>();
        for (JavaText.Mark mark : marks) {
            if (mark.about() instanceof ScheduledKernel kernel && !byKernel.containsKey(kernel)) {
                kernels.add(kernel);
                byKernel.put(kernel, new ArrayList<>());
                Map<Action, Optional<AttentionRole>> own = ActionRoles.of(kernel);
                own.keySet().forEach(action -> owners.put(action, kernel));
                roles.putAll(own);
                kernel.kernel().program().loops().forEach(loop -> loop.mask().ifPresent(m -> masks.put(m, kernel)));
            }
        }
        for (JavaText.Mark mark : marks) {
            Optional<ScheduledKernel> kernel = switch (mark.about()) {
                case ScheduledKernel k -> Optional.of(k);
                case Action a -> Optional.ofNullable(owners.get(a));
                default -> Optional.ofNullable(masks.get(mark.about()));
            };
            kernel.ifPresent(k -> byKernel.get(k).add(mark));
        }
        SequencedMap<TileKernel, CodeLinks> links = new LinkedHashMap<>();
        kernels.forEach(k -> links.put(k.kernel(), links(byKernel.get(k), roles, starts)));
        return links;
    }

    private static CodeLinks links(
            List<JavaText.Mark> marks, Map<Action, Optional<AttentionRole>> roles, int[] starts) {
        boolean[] mine = new boolean[starts.length];
        List<Set<AttentionRole>> found = new ArrayList<>();
        for (int line = 0; line < starts.length; line++) {
            found.add(EnumSet.noneOf(AttentionRole.class));
        }
        boolean[] decided = new boolean[starts.length];
        for (JavaText.Mark mark : marks) {
            boolean decides =
                    mark.about() instanceof LoopMask || mark.about() instanceof Action a && roles.containsKey(a);
            Optional<AttentionRole> role = switch (mark.about()) {
                case Action a -> roles.getOrDefault(a, Optional.empty());
                case LoopMask m -> Optional.of(AttentionRole.MASK);
                default -> Optional.empty();
            };
            for (int line = line(starts, mark.from()); line <= line(starts, mark.to() - 1); line++) {
                if (mark.about() instanceof ScheduledKernel) {
                    mine[line] = true;
                } else if (decides && !decided[line]) {
                    decided[line] = true;
                    found.get(line).addAll(role.stream().toList());
                }
            }
        }
        Map<AttentionRole, List<Lines>> byRole = new EnumMap<>(AttentionRole.class);
        for (AttentionRole role : AttentionRole.values()) {
            List<Lines> lines = runs(starts.length, line -> found.get(line).contains(role));
            if (!lines.isEmpty()) {
                byRole.put(role, lines);
            }
        }
        return new CodeLinks(runs(starts.length, line -> mine[line]), byRole);
    }

    /** Runs of lines for which something holds. */
    static List<Lines> runs(int count, IntPredicate holds) {
        List<Lines> runs = new ArrayList<>();
        int first = -1;
        for (int line = 0; line <= count; line++) {
            boolean in = line < count && holds.test(line);
            if (in && first < 0) {
                first = line;
            } else if (!in && first >= 0) {
                runs.add(new Lines(first + 1, line));
                first = -1;
            }
        }
        return runs;
    }

    private static int[] starts(String text) {
        List<Integer> starts = new ArrayList<>(List.of(0));
        for (int at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
            starts.add(at + 1);
        }
        return starts.stream().mapToInt(Integer::intValue).toArray();
    }

    private static int line(int[] starts, int offset) {
        int at = Arrays.binarySearch(starts, offset);
        return at >= 0 ? at : -at - 2;
    }
}
