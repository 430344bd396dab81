package heddle.tests.fuzz;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A model that is being written: its lines, and the lengths of the letters that name axes. */
final class ModelText {
    private final StringBuilder lines = new StringBuilder("dim B, N, M\n");
    private final Map<Character, String> lengths = new LinkedHashMap<>();
    private final Map<String, List<String>> inputs = new LinkedHashMap<>();
    private final Set<Allowance> allowances = EnumSet.noneOf(Allowance.class);
    private int names;

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

    /** A new input; its name. */
    String input(String type) {
        String name = "x" + names++;
        lines.append("input ").append(name).append(": ").append(type).append('\n');
        inputs.computeIfAbsent(type, t -> new ArrayList<>()).add(name);
        return name;
    }

    /** An input that is there already when there is one of the type and {@code shared} says so. */
    String input(String type, Choices choices, String shared) {
        List<String> known = inputs.getOrDefault(type, List.of());
        return !known.isEmpty() && choices.happens(25, shared + " shared")
                ? choices.of(shared + " which", known)
                : input(type);
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
        return let("weight \"w" + names + "\" : f32" + shape);
    }

    /** A new name for an expression. */
    String let(String expression) {
        String name = "y" + names++;
        lines.append("let ").append(name).append(" = ").append(expression).append('\n');
        return name;
    }

    Lettered let(Lettered value) {
        return new Lettered(let(value.text()), value.letters());
    }

    void output(String expression) {
        lines.append("output o")
                .append(names++)
                .append(" = ")
                .append(expression)
                .append('\n');
    }

    /** Says what a comparison of numbers must allow for. */
    void allow(Allowance allowance) {
        allowances.add(allowance);
    }

    Set<Allowance> allowances() {
        return Set.copyOf(allowances);
    }

    @Override
    public String toString() {
        return lines.toString();
    }
}
