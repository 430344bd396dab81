package heddle.tests.fuzz;

import java.util.stream.Collectors;

/**
 * A tensor of a model that is being written.
 *
 * @param text    an expression that binds as tightly as a name
 * @param letters one for each axis: b batch, h heads, g key heads, r heads that share one, i queries, j keys, d and e
 *                features
 */
record Lettered(String text, String letters) {
    boolean has(char letter) {
        return letters.indexOf(letter) >= 0;
    }

    int axis(char letter) {
        return letters.indexOf(letter);
    }

    /** The same elements, axes in another order. */
    Lettered to(String order) {
        if (order.equals(letters)) {
            return this;
        }
        String last = order.length() < 2 ? "" : order.substring(0, order.length() - 2);
        if (letters.equals(last + order.charAt(order.length() - 1) + order.charAt(order.length() - 2))) {
            return new Lettered("transpose(" + text + ")", order);
        }
        String axes = order.chars().mapToObj(c -> "" + axis((char) c)).toList().toString();
        return new Lettered("permute(" + text + ", " + axes + ")", order);
    }

    /** The axes brought into the order of {@code others}, which has them all, and axes of length one for the rest. */
    String beside(String others) {
        if (letters.isEmpty()) {
            return text;
        }
        String order = others.replaceAll("[^" + letters + "]", "");
        String subscripts = others.substring(others.indexOf(order.charAt(0)))
                .chars()
                .mapToObj(c -> has((char) c) ? ":" : "new")
                .collect(Collectors.joining(", ", "[", "]"));
        return to(order).text + (subscripts.contains("new") ? subscripts : "");
    }

    /** A range of one axis. */
    Lettered part(char letter, String range) {
        String subscripts =
                letters.chars().mapToObj(c -> c == letter ? range : ":").collect(Collectors.joining(", ", "[", "]"));
        return new Lettered(text + subscripts, letters);
    }

    /** A function of the tensor that keeps its axes, for example {@code relu(#)}. */
    Lettered with(String function) {
        return new Lettered("(" + function.replace("#", text) + ")", letters);
    }

    /** Reduced along an axis that stays with length one. */
    String reduced(String kind, char letter) {
        return kind + "(" + text + ", axis = " + axis(letter) + ", keepdims = true)";
    }

    /** Summed with a matrix along one axis: {@code matrix} is [new length, length]. */
    Lettered mixed(String matrix, char letter) {
        String result = letters.replace(letter, 'z');
        return new Lettered(
                "einsum(\"z" + letter + "," + letters + "->" + result + "\", " + matrix + ", " + text + ")", letters);
    }
}
