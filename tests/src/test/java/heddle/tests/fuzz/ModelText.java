package heddle.tests.fuzz;

import heddle.compiler.type.DType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model that is being written: its lines, and the lengths of the letters that name axes. It is written in several
 * readings, which differ where the compiled model may have another value than the arithmetic that is written (see
 * {@code docs/numerics.md}).
 */
final class ModelText {
    private final Map<Reading, StringBuilder> lines = new EnumMap<>(Reading.class);
    private final Map<Character, String> lengths = new LinkedHashMap<>();
    private final Map<String, List<String>> inputs = new LinkedHashMap<>();
    private final Map<String, Double> magnitudes = new LinkedHashMap<>();
    private DType real = DType.F32;
    private int names;
    private int outputs;
    private boolean unsure;
    private boolean generated;
    private boolean addsBeside;

    void length(char letter, String length) {
        lengths.put(letter, length);
    }

    String length(char letter) {
        return lengths.get(letter);
    }

    /** Known lengths only. */
    int known(char letter) {
        return Integer.parseInt(lengths.get(letter));
    }

    String shape(String letters) {
        return letters.chars().mapToObj(c -> length((char) c)).toList().toString();
    }

    /** The type that is written in at present: that of new numbers beside what is there. */
    DType real() {
        return real;
    }

    void real(DType type) {
        this.real = type;
    }

    /** A new input; its name. */
    String input(String type) {
        String name = "x" + magnitudes.size();
        line("input " + name + ": " + type);
        inputs.computeIfAbsent(type, t -> new ArrayList<>()).add(name);
        magnitudes.put(name, 1.0);
        return name;
    }

    /** A new input of numbers about as large as {@code magnitude}; integers lie between it and its negative. */
    String input(String type, double magnitude) {
        String name = input(type);
        inputs.get(type).remove(name);
        magnitudes.put(name, magnitude);
        return name;
    }

    /** An input that is there already when there is one of the type and {@code shared} says so. */
    String input(String type, Choices choices, String shared) {
        List<String> known = inputs.getOrDefault(type, List.of());
        return !known.isEmpty() && choices.happens(25, shared + " shared")
                ? choices.of(shared + " which", known)
                : input(type);
    }

    /** An input of numbers whose axes are a random part of {@code letters}. */
    Lettered broadcast(String letters, Choices choices, String name) {
        return broadcast(real.text(), letters, choices, name);
    }

    /** An input whose axes are a random part of {@code letters}. */
    Lettered broadcast(String dtype, String letters, Choices choices, String name) {
        StringBuilder part = new StringBuilder();
        for (char c : letters.toCharArray()) {
            if (choices.happens(50, name + " has " + c)) {
                part.append(c);
            }
        }
        String order = choices.happens(20, name + " reordered")
                ? choices.shuffled(part.toString(), name + " order")
                : part.toString();
        return new Lettered(input(dtype + (order.isEmpty() ? "" : shape(order)), choices, name), order);
    }

    String weight(String shape) {
        return let("weight \"w" + names + "\" : " + real + shape);
    }

    /** A new name for an expression. */
    String let(String expression) {
        return let(Meaning.of(new Lettered(expression, ""))).text();
    }

    Lettered let(Lettered value) {
        return let(Meaning.of(value));
    }

    /** A new name for an expression that means another one. */
    Lettered let(Meaning value) {
        String name = "y" + names++;
        String start = "let " + name + " = ";
        line(Reading.WRITTEN, start + value.written().text());
        line(Reading.RECOGNISED, start + value.recognised());
        line(Reading.FUSED, start + value.fused());
        line(Reading.ADDED, start + value.added());
        line(Reading.HIDDEN, start + value.hidden());
        return new Lettered(name, value.written().letters());
    }

    void output(String expression) {
        line("output o" + outputs++ + " = " + expression);
    }

    /** A line in which nothing has another meaning. */
    private void line(String line) {
        for (Reading reading : Reading.values()) {
            line(reading, line);
        }
    }

    private void line(Reading reading, String line) {
        lines.computeIfAbsent(reading, r -> new StringBuilder("dim B, N, M\n"))
                .append(line)
                .append('\n');
    }

    /** Says that what is written need not be fused. */
    void unsure() {
        unsure = true;
    }

    boolean isSure() {
        return !unsure;
    }

    /** Says that the generated code must be run, whose blocks what is written may be told wrongly for. */
    void generate() {
        generated = true;
    }

    boolean isGenerated() {
        return generated;
    }

    /** Says that a number is added to probabilities, which meets the values by itself: infinite terms may cancel each other. */
    void addBeside() {
        addsBeside = true;
    }

    boolean addsBeside() {
        return addsBeside;
    }

    /** How large the numbers of each input are. */
    Map<String, Double> magnitudes() {
        return Map.copyOf(magnitudes);
    }

    /** The model in each reading. */
    Map<Reading, String> sources() {
        Map<Reading, String> sources = new EnumMap<>(Reading.class);
        lines.forEach((reading, text) -> sources.put(reading, text.toString()));
        return sources;
    }
}
