package heddle.tests.fuzz;

import java.util.stream.IntStream;

/** The products of attention, as matrix products or sums over letters, operands either way round. */
final class Product {
    private final ModelText model;
    private final Choices choices;
    private final String batch;

    /** @param batch the axes that scores and result have in common */
    Product(ModelText model, Choices choices, String batch) {
        this.model = model;
        this.choices = choices;
        this.batch = batch;
    }

    Lettered scores(Lettered q, Lettered k) {
        String outer = batchOf(k);
        Lettered rows = q.to(batch + "id");
        return switch (choices.below(isBroadcast(k) ? 2 : 4, "scores")) {
            case 0 -> matmul(rows, grouped(k.to(outer + "dj")), batch + "ij");
            case 1 -> matmul(grouped(k.to(outer + "jd")), q.to(batch + "di"), batch + "ji");
            default -> einsum(q, k, choices.shuffled(batch + "ij", "score order"), "scores");
        };
    }

    Meaning values(Lettered p, Lettered v) {
        String outer = batchOf(v);
        Lettered written = switch (choices.below(isBroadcast(v) ? 2 : 4, "values")) {
            case 0 -> matmul(p.to(batch + "ij"), grouped(v.to(outer + "je")), batch + "ie");
            case 1 -> matmul(grouped(v.to(outer + "ej")), p.to(batch + "ji"), batch + "ei");
            default -> einsum(p, v, choices.shuffled(batch + "ie", "result order"), "values");
        };
        return Meaning.inAttention(written, counted(p, v, written.letters()));
    }

    /** The sum over the letters that the result lacks. */
    Lettered sumOf(Lettered a, Lettered b, String result) {
        return new Lettered(einsum(a, b, result), result);
    }

    /** The same of probabilities and values. */
    Meaning sum(Lettered p, Lettered v, String result) {
        return Meaning.inAttention(sumOf(p, v, result), counted(p, v, result));
    }

    /** The product as a sum over those keys that have a probability: whatever the values of others are does not count. */
    private String counted(Lettered p, Lettered v, String result) {
        Lettered values =
                batch.equals("bh") ? new Lettered(v.text(), v.letters().replace('g', 'h')) : v;
        StringBuilder all = new StringBuilder(result);
        p.letters().chars().filter(c -> result.indexOf(c) < 0).forEach(c -> all.append((char) c));
        String wide = p.with("cast(#, f64)").beside(all.toString());
        String terms = "where(" + wide + " == 0.0, 0.0, " + wide + " * "
                + values.with("cast(#, f64)").beside(all.toString()) + ")";
        String axes =
                IntStream.range(result.length(), all.length()).boxed().toList().toString();
        return "cast(sum(" + terms + ", axis = " + axes + "), " + model.real() + ")";
    }

    /** Whether keys or values are broadcast to all heads. */
    private boolean isBroadcast(Lettered x) {
        return batch.equals("bh") && batchOf(x).length() < batch.length();
    }

    /** The axes of keys or values that the batch has, in its order. */
    private String batchOf(Lettered x) {
        return (batch.equals("bh") ? "bgh" : batch).replaceAll("[^" + x.letters() + "]", "");
    }

    /** Keys or values of a group of heads broadcast in a product. */
    private Lettered grouped(Lettered x) {
        int axis = x.axis('g');
        return batch.equals("bgr") ? new Lettered(x.text() + "[" + ":, ".repeat(axis + 1) + "new]", "") : x;
    }

    private static Lettered matmul(Lettered a, Lettered b, String letters) {
        return new Lettered("(" + a.text() + " @ " + b.text() + ")", letters);
    }

    private Lettered einsum(Lettered a, Lettered b, String letters, String name) {
        boolean exchanged = choices.happens(30, name + " exchanged");
        return new Lettered(exchanged ? einsum(b, a, letters) : einsum(a, b, letters), letters);
    }

    private static String einsum(Lettered a, Lettered b, String letters) {
        String equation = a.letters() + "," + b.letters() + "->" + letters;
        return "einsum(\"" + equation + "\", " + a.text() + ", " + b.text() + ")";
    }
}
