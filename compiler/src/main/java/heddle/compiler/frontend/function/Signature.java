package heddle.compiler.frontend.function;

import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Words;
import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The parameters of a function of the language. A parameter may be optional (its absence has its own meaning), have a
 * default, or be repeated.
 */
public record Signature(String name, List<Parameter> parameters) {
    /**
     * A parameter.
     *
     * @param repeated whether it takes all remaining arguments that are given by place
     */
    public record Parameter(String name, Optional<Denotation> defaultValue, boolean optional, boolean repeated) {
        /** Whether each call must give it. */
        public boolean required() {
            return defaultValue.isEmpty() && !optional && !repeated;
        }

        @Override
        public String toString() {
            return name
                    + (optional ? "?" : "")
                    + (repeated ? "..." : "")
                    + defaultValue.map(d -> " = " + text(d)).orElse("");
        }

        private static String text(Denotation value) {
            return switch (value) {
                case Denotation.Length l -> l.dim().toString();
                case Denotation.Real r -> Words.number(r.value());
                case Denotation.Bool b -> Boolean.toString(b.value());
                case Denotation.ElementType t -> t.dtype().text();
                case Denotation.Text t -> "\"" + t.value() + "\"";
                default -> throw new IllegalStateException("default " + value);
            };
        }
    }

    public Signature {
        parameters = List.copyOf(parameters);
    }

    /** A function with required parameters; {@code with…} adds others. */
    public static Signature of(String name, String... required) {
        Signature s = new Signature(name, List.of());
        for (String p : required) {
            s = s.withRequired(p);
        }
        return s;
    }

    public Signature withRequired(String parameter) {
        return with(new Parameter(parameter, Optional.empty(), false, false));
    }

    public Signature withDefault(String parameter, long value) {
        return withDefault(parameter, new Denotation.Length(Dim.of(value)));
    }

    public Signature withDefault(String parameter, double value) {
        return withDefault(parameter, new Denotation.Real(value));
    }

    public Signature withDefault(String parameter, boolean value) {
        return withDefault(parameter, new Denotation.Bool(value));
    }

    public Signature withDefault(String parameter, String value) {
        return withDefault(parameter, new Denotation.Text(value));
    }

    public Signature withDefault(String parameter, Denotation value) {
        return with(new Parameter(parameter, Optional.of(value), false, false));
    }

    public Signature withOptional(String parameter) {
        return with(new Parameter(parameter, Optional.empty(), true, false));
    }

    public Signature withRepeated(String parameter) {
        return with(new Parameter(parameter, Optional.empty(), false, true));
    }

    private Signature with(Parameter parameter) {
        List<Parameter> all = new ArrayList<>(parameters);
        all.add(parameter);
        return new Signature(name, all);
    }

    /** {@code softmax(x, axis = -1)}. */
    @Override
    public String toString() {
        return parameters.stream().map(Parameter::toString).collect(Collectors.joining(", ", name + "(", ")"));
    }
}
