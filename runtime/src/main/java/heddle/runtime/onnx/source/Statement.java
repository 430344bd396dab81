package heddle.runtime.onnx.source;

import java.util.List;
import java.util.Optional;

/** A statement of the source, with a place in its order. */
public sealed interface Statement {
    /** {@code let names = term}; {@code names = term} where they exist already. */
    record Let(List<String> names, Term term, boolean isNew, List<String> nodes) implements Statement {
        public Let {
            names = List.copyOf(names);
            nodes = List.copyOf(nodes);
        }
    }

    /** {@code for variable in from .. to { body }}. */
    record For(String variable, long from, long to, List<Statement> body) implements Statement {
        public For {
            body = List.copyOf(body);
        }
    }

    /** {@code fn name(parameters) { body return results }}, or {@code fn name(parameters) = result} where there is no body. */
    record Function(String name, List<String> parameters, List<Statement> body, List<Term> results)
            implements Statement {
        public Function {
            parameters = List.copyOf(parameters);
            body = List.copyOf(body);
            results = List.copyOf(results);
        }
    }

    /** {@code // text} on lines of its own. */
    record Comment(String text) implements Statement {}

    /** {@code output name : type = term}. */
    record Output(String name, Optional<String> type, Term term) implements Statement {}
}
