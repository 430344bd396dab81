package heddle.compiler.op.attention;

import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The attributes of operations that compute gradients of attention. */
final class GradientText {
    static final String COTANGENT = "cotangent";
    static final String OUTPUT = "output";
    static final String ROW_MAX = "row_max";
    static final String ROW_SUM = "row_sum";
    static final String LOG_SUM_EXP = "log_sum_exp_cotangent";
    static final String DELTA = "delta";
    static final String KINDS = "results";
    static final String FACTORS = "factors";
    static final String INDEXES = "indexes";

    private GradientText() {}

    static Map<String, Object> of(AttentionBackward backward, List<GradientResult> results) {
        Map<String, ScalarExpr> programs = new LinkedHashMap<>();
        programs.put(COTANGENT, backward.cotangent());
        programs.put(ROW_MAX, backward.rowMax());
        programs.put(ROW_SUM, backward.rowSum());
        programs.put(DELTA, backward.delta());
        return of(backward.forward(), programs, results);
    }

    static Map<String, Object> of(
            AttentionDefinition forward, Map<String, ScalarExpr> programs, List<GradientResult> results) {
        Map<String, Object> shown = FusedAttention.attributes(forward);
        programs.forEach((name, program) -> shown.put(name, ScalarText.of(program)));
        shown.put(KINDS, results.stream().map(r -> r.kind().text()).toList());
        shown.put(FACTORS, results.stream().map(r -> ScalarText.of(r.factor())).toList());
        shown.put(
                INDEXES,
                results.stream()
                        .map(r -> r.index().stream().map(ScalarText::of).toList())
                        .toList());
        return shown;
    }
}
