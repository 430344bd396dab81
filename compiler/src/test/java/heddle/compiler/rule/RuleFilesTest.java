package heddle.compiler.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.join.JoinProducts;
import heddle.compiler.join.SplitJoinedSoftmax;
import heddle.compiler.join.SplitProbabilities;
import heddle.compiler.softmax.SoftmaxRules;
import heddle.compiler.sum.PlainSums;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule by itself: files with a graph before and after, in {@code src/test/resources/rules}. */
class RuleFilesTest {
    private static final List<RuleSet> SETS = List.of(
            PlainSums.RULES,
            SoftmaxRules.SPELL,
            SoftmaxRules.MASK,
            SoftmaxRules.RECOGNISE,
            SoftmaxRules.SHIFT,
            SplitJoinedSoftmax.RULES,
            JoinProducts.RULES,
            SplitProbabilities.RULES);

    static List<RuleFile> files() {
        return RuleFile.rules().stream()
                .flatMap(rule -> RuleFile.of(rule).stream())
                .toList();
    }

    private static Stream<String> rules() {
        return SETS.stream().flatMap(set -> set.rules().stream()).map(Rule::name);
    }

    @ParameterizedTest
    @MethodSource("files")
    void doesWhatTheFileSays(RuleFile file) {
        file.check(alone(file.rule()));
    }

    /** Falls by the measure of its rule set, which the engine checks. */
    private static RuleSet alone(String name) {
        for (RuleSet set : SETS) {
            for (Rule rule : set.rules()) {
                if (rule.name().equals(name)) {
                    return new RuleSet(name, List.of(rule), set.measure());
                }
            }
        }
        throw new AssertionError("there is no rule " + name);
    }

    @Test
    void eachRuleHasACaseThatFiresAndOneThatDoesNot() {
        assertEquals(rules().sorted().toList(), RuleFile.rules());
        rules().forEach(rule -> {
            List<RuleFile> files = RuleFile.of(rule);
            assertTrue(files.stream().anyMatch(RuleFile::fires), rule + " fires nowhere");
            assertTrue(files.stream().anyMatch(f -> !f.fires()), rule + " fires everywhere");
        });
    }
}
