package heddle.dsl.parse;

import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.ErrorNode;
import org.antlr.v4.runtime.tree.ParseTreeListener;
import org.antlr.v4.runtime.tree.TerminalNode;

/** Stops the parser before nested brackets, or many hundred nested powers, could exhaust the stack. */
final class NestingLimit implements ParseTreeListener {
    /** Rules inside rules; a pair of brackets takes two, and so does each operator. */
    private static final int DEPTH = 700;

    /** The file nests deeper than any person would write. */
    static final class Exceeded extends RuntimeException {
        private static final long serialVersionUID = 1;

        final transient Token at;

        Exceeded(Token at) {
            this.at = at;
        }
    }

    private int depth;

    @Override
    public void enterEveryRule(ParserRuleContext context) {
        depth++;
        if (depth > DEPTH) {
            throw new Exceeded(context.start);
        }
    }

    @Override
    public void exitEveryRule(ParserRuleContext context) {
        depth--;
    }

    @Override
    public void visitTerminal(TerminalNode node) {}

    @Override
    public void visitErrorNode(ErrorNode node) {}
}
