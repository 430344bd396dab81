package heddle.dsl.parse;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.dsl.parse.grammar.HeddleParser;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.atn.ATNState;
import org.antlr.v4.runtime.misc.IntervalSet;
import org.junit.jupiter.api.Test;

class ExpectationTest {
    /** There are words for what may follow at every place of the grammar. */
    @Test
    void everyPlaceHasWords() {
        int places = 0;
        for (ATNState state : HeddleParser._ATN.states) {
            IntervalSet next = state == null ? new IntervalSet() : HeddleParser._ATN.nextTokens(state);
            if (next.toList().stream().anyMatch(type -> type > 0 && type != Token.EOF)) {
                for (boolean afterOperand : new boolean[] {false, true}) {
                    String words = Expectation.of(next).inWords(afterOperand);
                    assertFalse(words.isBlank() || words.contains("null"), state + ": " + words);
                }
                places++;
            }
        }
        assertTrue(places > 100, places + " places");
    }
}
