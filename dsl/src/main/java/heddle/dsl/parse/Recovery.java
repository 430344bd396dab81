package heddle.dsl.parse;

import heddle.dsl.parse.grammar.HeddleParser;
import org.antlr.v4.runtime.DefaultErrorStrategy;
import org.antlr.v4.runtime.InputMismatchException;
import org.antlr.v4.runtime.NoViableAltException;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.atn.ATNConfig;
import org.antlr.v4.runtime.misc.IntervalSet;

/**
 * Recovers from a mistake: reports it, drops the statement, and continues with the next one. A statement is read
 * completely or not at all, so one mistake never causes a second message.
 */
final class Recovery extends DefaultErrorStrategy {
    private final Complaint complaint;
    private RecognitionException reported;

    Recovery(Complaint complaint) {
        this.complaint = complaint;
    }

    @Override
    public void reportError(Parser parser, RecognitionException mistake) {
        if (mistake != reported) {
            reported = mistake;
            complaint.report(parser, mistake.getOffendingToken(), Expectation.of(expected(parser, mistake)));
        }
    }

    /** Called by the rule that failed: passes the mistake on up to the statement, which skips to its end. */
    @Override
    public void recover(Parser parser, RecognitionException mistake) {
        int rule = parser.getContext().getRuleIndex();
        if (rule == HeddleParser.RULE_item) {
            skipStatement(parser);
        } else if (rule != HeddleParser.RULE_file && rule != HeddleParser.RULE_hole) {
            throw mistake;
        }
    }

    @Override
    public Token recoverInline(Parser parser) {
        throw new InputMismatchException(parser);
    }

    /** Called before each choice: fails here rather than further on, where less would be known to be expected. */
    @Override
    public void sync(Parser parser) {
        int rule = parser.getContext().getRuleIndex();
        boolean betweenItems = rule == HeddleParser.RULE_file || rule == HeddleParser.RULE_block;
        while (!viable(parser)) {
            InputMismatchException mistake = new InputMismatchException(parser);
            if (!betweenItems) {
                throw mistake;
            }
            reportError(parser, mistake);
            skipStatement(parser);
        }
    }

    private static boolean viable(Parser parser) {
        IntervalSet next = parser.getATN().nextTokens(parser.getATN().states.get(parser.getState()));
        return next.contains(Token.EPSILON)
                || next.contains(parser.getCurrentToken().getType());
    }

    private static IntervalSet expected(Parser parser, RecognitionException mistake) {
        if (mistake instanceof NoViableAltException dead && dead.getDeadEndConfigs() != null) {
            IntervalSet all = new IntervalSet();
            for (ATNConfig config : dead.getDeadEndConfigs()) {
                all.addAll(parser.getATN().nextTokens(config.state));
            }
            return all;
        }
        return mistake.getExpectedTokens();
    }

    /** Consumes up to and with the END of this statement, or up to the brace that ends its block. */
    private static void skipStatement(Parser parser) {
        int depth = 0;
        while (true) {
            switch (parser.getCurrentToken().getType()) {
                case Token.EOF -> {
                    return;
                }
                case HeddleParser.END -> {
                    if (depth == 0) {
                        parser.consume();
                        return;
                    }
                }
                case HeddleParser.LBRACE -> depth++;
                case HeddleParser.RBRACE -> {
                    if (depth == 0 && parser.getContext().getRuleIndex() != HeddleParser.RULE_file) {
                        return;
                    }
                    depth = Math.max(0, depth - 1);
                }
                default -> {}
            }
            parser.consume();
        }
    }
}
