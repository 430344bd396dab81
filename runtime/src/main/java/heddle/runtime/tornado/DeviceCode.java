package heddle.runtime.tornado;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A plan as a Java class for TornadoVM, with the contents of its task graphs.
 *
 * @param className of the generated class, in the default package
 * @param text      its compilation unit
 * @param graphs    the task graphs of a run, in order
 */
public record DeviceCode(String className, String text, List<Graph> graphs) {
    /** A task graph. */
    public record Graph(List<Kernel> kernels) {
        public Graph {
            kernels = List.copyOf(kernels);
        }
    }

    /**
     * A kernel of a task graph.
     *
     * @param name  of the kernel
     * @param family what kind of kernel it is
     * @param nodes what it computes, as the graph's nodes say it, a line each
     */
    public record Kernel(String name, String family, List<String> nodes) {
        public Kernel {
            nodes = List.copyOf(nodes);
        }
    }

    public DeviceCode {
        graphs = List.copyOf(graphs);
    }

    /** {@code the kernel attention_3}, or {@code one of the kernels a, b, c}; of a graph or, without a number, of all. */
    String describe(int graph) {
        List<Kernel> kernels = kernels(graph);
        String names = kernels.stream().map(Kernel::name).collect(Collectors.joining(", "));
        return kernels.size() == 1 ? "the kernel " + names : "one of the kernels " + names;
    }

    List<Kernel> kernels(int graph) {
        return graph >= 0 && graph < graphs.size()
                ? graphs.get(graph).kernels()
                : graphs.stream().flatMap(g -> g.kernels().stream()).toList();
    }
}
