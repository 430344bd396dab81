package heddle.compiler.backend.tornado.host;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the tasks of a plan are cut into task graphs, so that TornadoVM compiles few kernels.
 *
 * <p>TornadoVM keeps compiled code in a map for each execution plan. The key is the graph's name, the task's name and
 * the method's name, so two tasks of one graph never share an entry. Tasks of two graphs do, when the graphs have the
 * same name and the tasks have the same name and method. All graphs of a plan therefore have one name, and a task is
 * named by its method and how often that method came before in its graph. The last task of a graph is always compiled.
 *
 * <p>A model of equal layers shares most when each graph holds whole layers. A cut costs the compilation of one more
 * last task and one more launch of a graph, so it is made only where it saves more than that.
 */
final class GraphCuts {
    private static final int NONE = -1;

    /** The methods by number, in the order of their first use; {@link #NONE} for a task that is not compiled. */
    private final int[] methods;

    private final int kinds;
    private final int limit;

    private GraphCuts(List<String> methods, int limit) {
        Map<String, Integer> numbers = new HashMap<>();
        this.methods = methods.stream()
                .mapToInt(m -> m.isEmpty() ? NONE : numbers.computeIfAbsent(m, n -> numbers.size()))
                .toArray();
        this.kinds = numbers.size();
        this.limit = limit;
    }

    /**
     * The numbers of the tasks that begin a graph.
     *
     * @param methods of the tasks in order; empty for one that TornadoVM does not compile
     * @param limit   the most tasks of a graph
     */
    static List<Integer> of(List<String> methods, int limit) {
        return new GraphCuts(methods, limit).best();
    }

    /** The names of the tasks of one graph. */
    static List<String> names(List<String> methods) {
        Map<String, Integer> uses = new HashMap<>();
        return methods.stream()
                .map(m -> {
                    int use = uses.merge(m, 1, Integer::sum);
                    // No method has a hyphen in its name, so a name stands for one method in all graphs.
                    return use == 1 ? m : m + "-" + use;
                })
                .toList();
    }

    private List<Integer> best() {
        List<Integer> best = every(limit, limit);
        int least = cost(best, Integer.MAX_VALUE);
        for (int period = Math.min(limit, methods.length - 1); period > 1; period--) {
            for (int first = 1; first <= period; first++) {
                List<Integer> cuts = every(first, period);
                int cost = cost(cuts, least);
                if (cost < least) {
                    least = cost;
                    best = cuts;
                }
            }
        }
        return best;
    }

    /** A first graph of some tasks, then graphs of as many as given. */
    private List<Integer> every(int first, int period) {
        List<Integer> cuts = new ArrayList<>();
        for (int at = 0; at < methods.length; at += at == 0 ? first : period) {
            cuts.add(at);
        }
        return cuts;
    }

    /** Compilations and graphs; not counted to the end once there are as many as given. */
    private int cost(List<Integer> cuts, int enough) {
        BitSet compiled = new BitSet();
        int[] uses = new int[kinds];
        int cost = 0;
        for (int i = 0; i < cuts.size() && cost < enough; i++) {
            int end = i + 1 < cuts.size() ? cuts.get(i + 1) : methods.length;
            Arrays.fill(uses, 0);
            cost++;
            for (int at = cuts.get(i); at < end; at++) {
                int method = methods[at];
                if (method != NONE) {
                    int name = method * limit + uses[method]++;
                    cost += !compiled.get(name) || at == end - 1 ? 1 : 0;
                    compiled.set(name);
                }
            }
        }
        return cost;
    }
}
