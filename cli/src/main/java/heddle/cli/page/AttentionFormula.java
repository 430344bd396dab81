package heddle.cli.page;

import heddle.compiler.explain.FusedExplanation;
import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an attention computes, as mathematics: scores of queries and keys, the mask, probabilities, and their sum with the values. The
 * indexes of batches and heads are left out of queries, keys and values.
 */
final class AttentionFormula {
    private final AttentionDefinition attention;
    private final Map<String, String> programs;
    private final ScalarFormula formulas;
    private final String i;
    private final String j;
    private final List<Map<String, Object>> rows = new ArrayList<>();

    private AttentionFormula(FusedExplanation fused) {
        attention = fused.definition();
        programs = fused.programs();
        i = attention.i().name();
        j = attention.j().name();
        Map<String, List<Object>> raw = new LinkedHashMap<>();
        raw.put(attention.raw().name(), product(fused.operands()));
        formulas = new ScalarFormula(fused.operands(), raw);
    }

    /** Rows of {@code name}, {@code role}, {@code math} and {@code words}; a program too long to read is in words alone. */
    static List<Map<String, Object>> of(FusedExplanation fused) {
        AttentionFormula formula = new AttentionFormula(fused);
        formula.write(fused.operands());
        return formula.rows;
    }

    private void write(List<String> operands) {
        factor("query", "q", attention.q(), i, operands);
        factor("key", "k", attention.k(), j, operands);
        String score = words("score").replace("score", "q·k" + scaleInWords());
        add(
                "score",
                "scores",
                equation(s(), formulas.of(attention.score())),
                "the score of query " + i + " and key " + j + " is " + score);
        attention.mask().ifPresent(mask -> {
            Optional<List<Object>> condition = formulas.of(mask);
            add(
                    "mask",
                    "mask",
                    condition.map(c -> MathMl.row(
                            c,
                            ScalarFormula.word("else"),
                            s(),
                            MathMl.operator("="),
                            MathMl.row(MathMl.operator("−"), MathMl.number("∞")))),
                    "a score counts where " + words("mask") + ", else it is minus infinity");
        });
        probability();
        factor("value", "v", attention.v(), j, operands);
        output();
    }

    private List<Object> s() {
        return MathMl.indexed("s", i, j);
    }

    private String words(String program) {
        return programs.getOrDefault(program, "");
    }

    /** The dot product, with a constant factor of the queries or keys. */
    private List<Object> product(List<String> operands) {
        List<Object> dot = MathMl.row(MathMl.indexed("q", i), MathMl.operator("·"), MathMl.indexed("k", j));
        List<Object> result = dot;
        for (ScalarExpr factor : List.of(attention.q(), attention.k())) {
            if (scale(factor).isPresent()) {
                ScalarExpr.Apply a = (ScalarExpr.Apply) factor;
                List<Object> by = new ScalarFormula(operands, Map.of())
                        .formula(scale(factor).get(), 0);
                result = a.fn() == ScalarFn.DIV
                        ? MathMl.fraction(result, by)
                        : MathMl.row(result, MathMl.operator("·"), by);
            }
        }
        return result;
    }

    /** The constant that an element is multiplied with or divided by. */
    private static Optional<ScalarExpr> scale(ScalarExpr program) {
        return program instanceof ScalarExpr.Apply a
                        && (a.fn() == ScalarFn.MUL || a.fn() == ScalarFn.DIV)
                        && isElement(a.args().getFirst())
                        && (a.args().getLast() instanceof ScalarExpr.Literal
                                || a.args().getLast() instanceof ScalarExpr.IntLiteral)
                ? Optional.of(a.args().getLast())
                : Optional.empty();
    }

    private static boolean isElement(ScalarExpr program) {
        return program instanceof ScalarExpr.Read
                || program instanceof ScalarExpr.Apply a
                        && a.fn() == ScalarFn.CAST
                        && a.args().getFirst() instanceof ScalarExpr.Read;
    }

    private String scaleInWords() {
        StringBuilder words = new StringBuilder();
        for (ScalarExpr factor : List.of(attention.q(), attention.k())) {
            scale(factor)
                    .ifPresent(by -> words.append(((ScalarExpr.Apply) factor).fn() == ScalarFn.DIV ? " / " : " * ")
                            .append(
                                    by instanceof ScalarExpr.Literal l
                                            ? ScalarFormula.number(l.value())
                                            : by.toString()));
        }
        return words.toString();
    }

    /** A row for queries, keys or values that are computed and not just read. */
    private void factor(String name, String letter, ScalarExpr program, String index, List<String> operands) {
        if (isElement(program) || scale(program).isPresent()) {
            return;
        }
        String feature = (letter.equals("v") ? attention.e() : attention.d()).name();
        add(
                name,
                letter.equals("v") ? "values" : "scores",
                equation(MathMl.indexed(letter, index, feature), new ScalarFormula(operands, Map.of()).of(program)),
                letter + " is " + words(letter));
    }

    private static Optional<List<Object>> equation(List<Object> left, Optional<List<Object>> right) {
        return right.map(r -> MathMl.row(left, MathMl.operator("="), r));
    }

    private void probability() {
        List<Object> below =
                MathMl.row(MathMl.sum(MathMl.name("t")), MathMl.power(MathMl.name("e"), MathMl.indexed("s", i, "t")));
        String words = "the probability is e to the score, divided by the sum of that over all keys";
        if (attention.sink().isPresent()) {
            Optional<List<Object>> sink = formulas.of(attention.sink().get());
            below = MathMl.row(
                    MathMl.power(MathMl.name("e"), sink.orElse(MathMl.name("sink"))), MathMl.operator("+"), below);
            words += " and e to the sink " + words("sink");
        }
        List<Object> fraction = MathMl.fraction(MathMl.power(MathMl.name("e"), s()), below);
        add("probability", "softmax", Optional.of(MathMl.row(p(), MathMl.operator("="), fraction)), words);
    }

    private List<Object> p() {
        return MathMl.indexed("p", i, j);
    }

    private void output() {
        List<Object> terms = MathMl.row(MathMl.sum(MathMl.name(j)), p(), MathMl.indexed("v", j));
        String words = "the output of query " + i + " is the sum over " + j + " of probability times value";
        if (attention.weight().isPresent()) {
            List<Object> weight = formulas.of(attention.weight().get()).orElse(MathMl.indexed("w", i, j));
            terms = MathMl.row(
                    MathMl.sum(MathMl.name(j)),
                    p(),
                    MathMl.operator("·"),
                    MathMl.parenthesised(weight),
                    MathMl.indexed("v", j));
            words += " times the weight " + words("weight");
        }
        add("output", "output", Optional.of(MathMl.row(MathMl.indexed("o", i), MathMl.operator("="), terms)), words);
    }

    private void add(String name, String role, Optional<List<Object>> formula, String words) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("name", name);
        row.put("role", role);
        formula.ifPresent(
                f -> row.put("math", MathMl.with("math", Map.of("display", "block", "aria-label", words), f)));
        row.put("words", words);
        rows.add(row);
    }
}
