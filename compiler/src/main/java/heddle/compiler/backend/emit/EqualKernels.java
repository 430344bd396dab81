package heddle.compiler.backend.emit;

import heddle.compiler.schedule.Plan;
import heddle.compiler.tile.TileKernel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The kernels of a plan that are one method in generated code, and so differ in nothing but the buffers they work on.
 * Each such group has a name that covers its kernels' names:
 *
 * <pre>
 * layer.0/attention:softmax#1, layer.1/attention:softmax#1, …      layer.*&#47;attention:softmax#1
 * f:relu#1, g:relu#1, h:relu#1                                     f:relu#1 +2
 * </pre>
 */
public final class EqualKernels {
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");

    private final Map<String, String> groups = new HashMap<>();

    private EqualKernels() {}

    public static EqualKernels of(Plan plan) {
        Map<KernelForm.Key, List<String>> byForm = new LinkedHashMap<>();
        for (TileKernel kernel :
                Stream.concat(plan.prepare().stream(), plan.launches().stream()).toList()) {
            byForm.computeIfAbsent(KernelForm.of(kernel).key(), form -> new ArrayList<>())
                    .add(kernel.name());
        }
        EqualKernels equal = new EqualKernels();
        Set<String> taken = new HashSet<>();
        byForm.values().forEach(names -> {
            // Layers of two kinds that take turns differ in the same numbers.
            String group = taken.add(common(names)) ? common(names) : counted(names);
            taken.add(group);
            names.forEach(name -> equal.groups.put(name, group));
        });
        return equal;
    }

    /** The name of the group of a kernel; what is no kernel of the plan is a group of its own. */
    public String group(String kernel) {
        return groups.getOrDefault(kernel, kernel);
    }

    /** The names with {@code *} for the numbers they differ in, when they differ in numbers alone. */
    private static String common(List<String> names) {
        String first = names.getFirst();
        boolean differInNumbers =
                names.stream().map(EqualKernels::words).distinct().count() == 1;
        if (!differInNumbers) {
            return counted(names);
        }
        List<List<String>> numbers = names.stream().map(EqualKernels::numbers).toList();
        int[] at = {0};
        return NUMBER.matcher(first).replaceAll(number -> {
            int n = at[0]++;
            return new TreeSet<>(numbers.stream().map(list -> list.get(n)).toList()).size() == 1 ? number.group() : "*";
        });
    }

    /** The first name and how many others there are, which no other group has. */
    private static String counted(List<String> names) {
        return names.getFirst() + (names.size() == 1 ? "" : " +" + (names.size() - 1));
    }

    private static String words(String name) {
        return NUMBER.matcher(name).replaceAll("*");
    }

    private static List<String> numbers(String name) {
        return NUMBER.matcher(name).results().map(MatchResult::group).toList();
    }
}
