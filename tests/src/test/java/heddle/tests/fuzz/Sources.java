package heddle.tests.fuzz;

import heddle.compiler.type.DType;
import java.util.Optional;

/** How queries, keys and values come: stored in any order of axes, merged, packed, projected, repeated for their group. */
final class Sources {
    private final ModelText model;
    private final Choices choices;

    /** The tensor that queries, keys and values are packed in, when they are. */
    private String packed;

    private String packedLetters;
    private boolean packedMerged;

    Sources(ModelText model, Choices choices) {
        this.model = model;
        this.choices = choices;
    }

    /** One tensor for all three: {@code p} is the axis that tells them apart. */
    void pack(String letters) {
        model.length('p', "3");
        packedLetters = choices.shuffled("p" + letters, "packed order");
        int p = packedLetters.indexOf('p');
        packedMerged = p + 1 < packedLetters.length() && choices.happens(50, "packed merged");
        packed = stored(packedLetters, packedMerged ? p : -1, Optional.empty());
    }

    /** Query, key or value number {@code n} of what is packed. */
    private Lettered unpacked(int n) {
        int p = packedLetters.indexOf('p');
        String rest = packedLetters.replace("p", "");
        if (packedMerged) {
            String part = choices.happens(50, "split")
                    ? "split(" + packed + ", 3, axis = " + p + ")[" + n + "]"
                    : cut(p, n, packedLetters.charAt(p + 1), rest.length());
            return new Lettered(part, rest);
        }
        String subscripts = ":, ".repeat(p) + n;
        return new Lettered(packed + "[" + subscripts + "]", rest);
    }

    private String cut(int axis, int n, char letter, int rank) {
        String length = model.length(letter);
        String range = n + " * " + length + ":" + (n + 1) + " * " + length;
        return packed + "[" + ":, ".repeat(axis) + range + ", :".repeat(rank - axis - 1) + "]";
    }

    /** Queries, keys or values, their axes in any order. */
    Lettered part(int n, String letters) {
        String name = "qkv".charAt(n) + "";
        if (packed != null) {
            return unpacked(n);
        }
        if (!model.real().isFloat()) {
            boolean wraps = model.real() == DType.I32 && choices.happens(20, "wraps");
            return new Lettered(model.input(model.real() + model.shape(letters), wraps ? 60000 : 3), letters);
        }
        if (choices.in(name).happens(12, "far")) {
            return far(letters, choices.in(name));
        }
        Lettered x = model.let(source(letters, choices.in(name)));
        return choices.in(name)
                .of(
                        "touched",
                        x,
                        x,
                        x,
                        x,
                        x.with("# * 0.5"),
                        x.with("# * 0.5 + 0.25"),
                        x.with("tanh(#)"),
                        x.with("normalize(#, axis = " + (x.letters().length() - 1) + ")"),
                        x.with("normalize(#, axis = " + (x.letters().length() - 1) + ") * 3.0"));
    }

    /** Numbers at an end of their type's range that a factor brings back to ordinary ones. */
    private Lettered far(String letters, Choices own) {
        String number = switch (model.real()) {
            case F64 -> "1e200";
            case F16 -> "1e3";
            default -> "1e25";
        };
        double much = Double.parseDouble(number);
        boolean large = own.happens(50, "large");
        Lettered x = new Lettered(model.input(model.real() + model.shape(letters), large ? much : 1 / much), letters);
        if (own.happens(40, "far by tensor")) {
            char feature = letters.charAt(letters.length() - 1);
            Lettered factor = new Lettered(
                    model.input(model.real() + model.shape(letters.replace("" + feature, "")), large ? 1 / much : much),
                    letters.replace("" + feature, ""));
            return x.with("# * " + factor.beside(letters));
        }
        return x.with("# " + (large ? "/ " : "* ") + number);
    }

    private Lettered source(String letters, Choices own) {
        char position = letters.charAt(letters.length() - 2);
        // Queries of their own keep two attentions from having the same scores, which would then be read twice.
        Optional<Choices> reused = position == 'i' ? Optional.empty() : Optional.of(own);
        return switch (own.below(8, "source")) {
            case 1, 2, 3 -> {
                String order = own.shuffled(letters, "order");
                int merged = own.below(order.length(), "merged") - 1;
                String x = stored(order, merged, reused);
                yield split(x, order, merged);
            }
            case 4 -> projected(letters, own, reused);
            case 5 -> {
                Lettered x = wider(letters, letters.charAt(letters.length() - 1), own, reused);
                yield own.happens(50, "wider sliced") ? x : new Lettered("abs(" + x.text() + ")", letters);
            }
            case 6 -> {
                String back = "(" + model.length(position) + " - 1) - iota(" + model.length(position) + ")";
                yield new Lettered(
                        "gather(" + stored(letters, -1, reused) + ", " + back + ", axis = " + (letters.length() - 2)
                                + ")",
                        letters);
            }
            default -> new Lettered(stored(letters, -1, reused), letters);
        };
    }

    /** One head repeated for all. */
    Lettered oneHead(String letters) {
        model.length('1', "1");
        String x = stored(letters.replace('h', '1'), -1, Optional.empty());
        return new Lettered(
                "repeat(" + x + ", " + model.length('h') + ", axis = " + letters.indexOf('h') + ")", letters);
    }

    /** Two positions that were there before, and then those of {@code x}. */
    Lettered afterPast(Lettered x, String name) {
        model.length('2', "2");
        String past = stored(x.letters().replace('j', '2'), -1, Optional.of(choices.in(name)));
        return new Lettered("concat([" + past + ", " + x.text() + "], axis = " + x.axis('j') + ")", x.letters());
    }

    /** Columns of a tensor that has more of them. */
    private Lettered wider(String letters, char letter, Choices own, Optional<Choices> reused) {
        int length = model.known(letter);
        int before = own.below(3, "columns before");
        model.length('w', "" + (length + before + 1));
        Lettered x = new Lettered(stored(letters.replace(letter, 'w'), -1, reused), letters);
        return x.part(letter, before + ":" + (before + length));
    }

    /** A product with a weight, heads split off its columns. */
    private Lettered projected(String letters, Choices own, Optional<Choices> reused) {
        String heads = letters.replaceAll("[bijde]", "");
        String outer = letters.replaceAll("[^bij]", "");
        String columns = heads + letters.charAt(letters.length() - 1);
        model.length('c', "3");
        String x = stored(outer + "c", -1, reused);
        String w = model.weight("[3, " + product(columns) + "]");
        String y = own.happens(50, "added")
                ? "(" + x + " @ " + w + " + " + model.weight("[" + product(columns) + "]") + ")"
                : "(" + x + " @ " + w + ")";
        String order = outer + columns;
        return new Lettered("split_axis(" + y + ", " + outer.length() + ", " + model.shape(columns) + ")", order);
    }

    private String product(String letters) {
        return letters.chars()
                .mapToObj(c -> model.length((char) c))
                .reduce((a, b) -> a + " * " + b)
                .orElseThrow();
    }

    /** An input of these axes; from {@code merged} on two are one, unless it is negative. */
    private String stored(String order, int merged, Optional<Choices> own) {
        StringBuilder shape = new StringBuilder();
        for (int n = 0; n < order.length(); n++) {
            boolean second = n == merged + 1 && merged >= 0;
            shape.append(n == 0 ? "" : second ? " * " : ", ").append(model.length(order.charAt(n)));
        }
        String type = model.real() + "[" + shape + "]";
        return own.isEmpty() ? model.input(type) : model.input(type, own.get(), "kept");
    }

    private Lettered split(String x, String order, int merged) {
        return merged < 0
                ? new Lettered(x, order)
                : new Lettered(
                        "split_axis(" + x + ", " + merged + ", " + model.shape(order.substring(merged, merged + 2))
                                + ")",
                        order);
    }

    /** Key heads {@code g} made as many as heads {@code h}. */
    Lettered repeated(Lettered x, String name) {
        if (!x.has('g')) {
            return x;
        }
        int axis = x.axis('g');
        String as = x.letters().replace('g', 'h');
        String groups = model.length('r');
        String wide = ":, ".repeat(axis + 1) + "new";
        String expanded = x.letters().replace("g", "gr");
        return switch (choices.below(3, name)) {
            case 1 -> new Lettered("tile(" + x.text() + ", " + groups + ", " + axis + ")", as);
            case 2 ->
                new Lettered(
                        "merge_axes(expand(" + x.text() + "[" + wide + "], " + model.shape(expanded) + "), " + axis
                                + ", " + (axis + 1) + ")",
                        as);
            default -> new Lettered("repeat(" + x.text() + ", " + groups + ", " + axis + ")", as);
        };
    }
}
