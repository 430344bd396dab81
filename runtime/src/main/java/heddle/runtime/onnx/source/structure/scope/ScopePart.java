package heddle.runtime.onnx.source.structure.scope;

import heddle.runtime.onnx.source.structure.step.Step;
import java.util.ArrayList;
import java.util.List;

/** A piece of a model, as its file divides it. */
public sealed interface ScopePart {
    /** A definition. */
    record Single(Step.Compute step) implements ScopePart {}

    /** Definitions that lie together, and scopes within, in an order in which they can be computed. */
    final class Scope implements ScopePart {
        private final List<String> path;
        private final List<ScopePart> parts = new ArrayList<>();

        /** @param path from the outermost scope on */
        Scope(List<String> path) {
            this.path = List.copyOf(path);
        }

        public List<String> path() {
            return path;
        }

        public List<ScopePart> parts() {
            return parts;
        }
    }
}
