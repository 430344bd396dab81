package heddle.runtime;

import heddle.compiler.frontend.Model;
import java.nio.file.Path;

/** A model that was read and found right. */
public final class HeddleModel {
    private final Path file;
    private final Model model;

    HeddleModel(Path file, Model model) {
        this.file = file;
        this.model = model;
    }

    /** Where it was read from. */
    public Path file() {
        return file;
    }

    /** What the compiler knows of it: the graph, its inputs, weights and outputs and where they were declared. */
    public Model declaration() {
        return model;
    }

    /** One line: {@code MiniLM: 2 inputs, 101 weights, 2 outputs, 700 nodes}. */
    public String summary() {
        return model.name() + ": " + counted(model.inputs().size(), "input") + ", "
                + counted(model.weights().size(), "weight") + ", "
                + counted(model.outputs().size(), "output") + ", "
                + counted(model.graph().nodes().size(), "node");
    }

    private static String counted(int n, String noun) {
        return n + " " + noun + (n == 1 ? "" : "s");
    }
}
