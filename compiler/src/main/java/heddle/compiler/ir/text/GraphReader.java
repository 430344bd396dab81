package heddle.compiler.ir.text;

import heddle.compiler.ir.Attributes;
import heddle.compiler.ir.Catalogue;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Op;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.TypeMismatch;
import heddle.compiler.ir.Value;
import heddle.compiler.type.TensorType;
import heddle.dsl.source.SourceFile;
import heddle.dsl.source.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the text form that {@link GraphText} prints. It skips lines that hold only comments. */
public final class GraphReader {
    private static final Pattern PLACE = Pattern.compile("(?:(\\S+) )?(.+):([0-9]{1,6}):([0-9]{1,6})");

    private final TextCursor in;
    private final AttributeReader attributes;
    private final Catalogue catalogue;
    private final Map<Long, Node> nodes = new HashMap<>();
    private Graph.Builder out;

    private GraphReader(SourceFile file, Catalogue catalogue) {
        this.in = new TextCursor(file);
        this.attributes = new AttributeReader(in);
        this.catalogue = catalogue;
    }

    /** The graph that {@code file} states. @throws DiagnosticException at the first mistake */
    public static Graph read(SourceFile file, Catalogue catalogue) {
        return new GraphReader(file, catalogue).graph();
    }

    private Graph graph() {
        in.skipComments();
        in.expect("graph", "at the start of a graph");
        out = new Graph.Builder(in.nameOrString("the name of the graph"));
        in.expect("{", "after the name of the graph");
        in.skipComments();
        while (!in.accept("}")) {
            if (in.peek() == '%') {
                node();
            } else {
                output();
            }
            in.skipComments();
        }
        in.skipComments();
        if (!in.atEnd()) {
            throw in.expected("nothing after the graph");
        }
        return out.build();
    }

    private void output() {
        in.expect("output", "or a node such as %0 = …");
        int start = in.offset();
        String name = in.nameOrString("the name of an output");
        in.expect("=", "after the name of an output");
        try {
            out.output(name, value());
        } catch (IllegalArgumentException e) {
            throw in.error(start, GraphErrors.SYNTAX, e.getMessage());
        }
    }

    private void node() {
        int start = in.offset();
        in.expect("%", "before the number of a node");
        long id = number();
        in.expect("=", "after %" + id);
        int opStart = in.offset();
        String name = in.name("an operation");
        Catalogue.Factory factory = catalogue
                .find(name)
                .orElseThrow(() ->
                        in.error(opStart, GraphErrors.UNKNOWN_OPERATION, "there is no operation \"" + name + "\""));
        List<Value> operands = operands();
        Map<String, Object> values = attributes.attributes();
        List<TensorType> types = in.acceptOnLine(":") ? attributes.types() : List.of();
        Op op = operation(
                opStart,
                factory,
                new Attributes(values, operands.stream().map(Value::type).toList(), types));
        Origin origin = in.acceptOnLine("//") ? origin(in.restOfLine()) : Origin.NONE;
        Node node = add(opStart, op, operands, origin);
        if (!node.results().equals(types)) {
            throw in.error(start, GraphErrors.WRONG_TYPE, "%" + id + " is " + node.results() + ", not " + types);
        }
        if (nodes.put(id, node) != null) {
            throw in.error(start, GraphErrors.SYNTAX, "%" + id + " is there already");
        }
    }

    private long number() {
        return in.wholeNumber("a node has a whole number, as in %12");
    }

    private List<Value> operands() {
        List<Value> operands = new ArrayList<>();
        if (in.accept("(")) {
            do {
                operands.add(value());
            } while (in.accept(","));
            in.expect(")", "after the operands");
        }
        return operands;
    }

    private Value value() {
        int start = in.offset();
        in.expect("%", "before the number of a value");
        long id = number();
        long index = in.acceptOnLine(".") ? number() : 0;
        Node node = nodes.get(id);
        if (node == null || index >= node.results().size()) {
            throw in.error(start, GraphErrors.UNKNOWN_VALUE, "%" + id + " has no result " + index + " up to this line");
        }
        return new Value(node, (int) index);
    }

    private Op operation(int start, Catalogue.Factory factory, Attributes given) {
        try {
            Op op = factory.create(given);
            for (String key : given.values().keySet()) {
                if (!op.attributes().containsKey(key)) {
                    throw new IllegalArgumentException(op.name() + " has no attribute " + key);
                }
            }
            return op;
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw in.error(start, GraphErrors.WRONG_ATTRIBUTES, e.getMessage());
        }
    }

    private Node add(int start, Op op, List<Value> operands, Origin origin) {
        try {
            return out.add(op, operands, origin);
        } catch (TypeMismatch e) {
            throw in.error(start, GraphErrors.WRONG_TYPE, e.getMessage());
        }
    }

    /**
     * The origin a comment gives. The source text is not here, so the place lies in a blank page that has just the lines
     * and columns to come out where it was.
     */
    private static Origin origin(String comment) {
        Matcher m = PLACE.matcher(comment);
        if (!m.matches()) {
            return origin(List.of(), comment);
        }
        int line = Integer.parseInt(m.group(3));
        int column = Integer.parseInt(m.group(4));
        if (line == 0 || column == 0) {
            return origin(List.of(), comment);
        }
        String page = "\n".repeat(line - 1) + " ".repeat(column);
        Span span = new Span(new SourceFile(m.group(2), page), page.length() - 1, page.length());
        return origin(List.of(span), m.group(1) == null ? "" : m.group(1));
    }

    /** The origin with a path, {@code layer.0/attention:softmax#1}, or with the scope alone. */
    private static Origin origin(List<Span> spans, String path) {
        int colon = path.lastIndexOf(':');
        boolean isNamed = path.indexOf('#', colon + 1) > 0;
        return isNamed
                ? new Origin(spans, colon < 0 ? "" : path.substring(0, colon), path.substring(colon + 1))
                : new Origin(spans, path);
    }
}
