package heddle.dsl.parse;

import static heddle.dsl.doc.Doc.LINE;
import static heddle.dsl.doc.Doc.SOFT_LINE;
import static heddle.dsl.doc.Doc.SPACE;
import static heddle.dsl.doc.Doc.concat;
import static heddle.dsl.doc.Doc.group;
import static heddle.dsl.doc.Doc.indent;
import static heddle.dsl.doc.Doc.tight;

import heddle.dsl.doc.Doc;
import heddle.dsl.parse.grammar.HeddleParser;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.ParseTree;
import org.antlr.v4.runtime.tree.TerminalNode;

/** Decides where expressions and types have spaces and may break. */
final class ExprArrangement {
    private final Comments comments;

    ExprArrangement(Comments comments) {
        this.comments = comments;
    }

    Doc token(TerminalNode node) {
        return comments.doc(node.getSymbol());
    }

    /** An expression whose further lines are indented. */
    Doc expr(HeddleParser.ExprContext context) {
        return switch (context) {
            case HeddleParser.AtomContext c -> primary(c.primary());
            case HeddleParser.IndexContext c ->
                tight(expr(c.expr()), bracketed(c.LBRACKET(), c.subscript(), c.COMMA(), c.RBRACKET()));
            case HeddleParser.NegateContext c -> tight(token(c.MINUS()), expr(c.expr()));
            case HeddleParser.NotContext c -> tight(token(c.NOT()), SPACE, expr(c.expr()));
            case HeddleParser.ChoiceContext c -> choice(c, true);
            default -> chain(context, true);
        };
    }

    /** An expression that starts a line which is indented already. */
    private Doc exprOnNewLine(HeddleParser.ExprContext context) {
        if (context instanceof HeddleParser.ChoiceContext choice) {
            return choice(choice, false);
        }
        return isBinary(context) ? chain(context, false) : expr(context);
    }

    /** The text after an {@code =}, including the space before it. */
    Doc value(HeddleParser.ExprContext context) {
        boolean startsWithBracket = context instanceof HeddleParser.AtomContext atom
                && (atom.primary() instanceof HeddleParser.ReferenceContext
                        || atom.primary() instanceof HeddleParser.ListContext
                        || atom.primary() instanceof HeddleParser.GroupContext);
        return Doc.value(exprOnNewLine(context), startsWithBracket);
    }

    Doc type(HeddleParser.TypeContext context) {
        return context.LBRACKET() == null
                ? token(context.NAME())
                : tight(
                        token(context.NAME()),
                        bracketed(context.LBRACKET(), context.expr(), context.COMMA(), context.RBRACKET()));
    }

    Doc parameters(HeddleParser.ParametersContext context) {
        return bracketed(context.LPAREN(), context.parameter(), context.COMMA(), context.RPAREN());
    }

    /** Elements in brackets: all on one line, or each on its own with a comma after the last. */
    private Doc bracketed(
            TerminalNode open,
            List<? extends ParserRuleContext> elements,
            List<TerminalNode> commas,
            TerminalNode close) {
        List<Doc> inside = new ArrayList<>();
        for (int i = 0; i < elements.size(); i++) {
            inside.add(i == 0 ? SOFT_LINE : LINE);
            inside.add(element(elements.get(i)));
            boolean last = i == elements.size() - 1;
            if (i < commas.size()) {
                inside.add(last ? comments.docWithout(commas.get(i).getSymbol()) : token(commas.get(i)));
            }
        }
        if (!elements.isEmpty()) {
            inside.add(new Doc.WhenBroken(","));
        }
        for (Comments.OwnLine comment : comments.takeBefore(close.getSymbol())) {
            inside.add(SOFT_LINE);
            inside.add(new Doc.Comment(comment.text(), true));
        }
        return inside.isEmpty()
                ? tight(token(open), token(close))
                : group(token(open), new Doc.Indent(concat(inside)), SOFT_LINE, token(close));
    }

    private Doc element(ParserRuleContext context) {
        return switch (context) {
            case HeddleParser.ExprContext c -> expr(c);
            case HeddleParser.SubscriptContext c -> subscript(c);
            case HeddleParser.ArgumentContext c ->
                c.NAME() == null
                        ? expr(c.expr())
                        : tight(token(c.NAME()), SPACE, token(c.ASSIGN()), SPACE, expr(c.expr()));
            case HeddleParser.ParameterContext c -> parameter(c);
            default -> throw new IllegalStateException(context.getClass().getName());
        };
    }

    private Doc parameter(HeddleParser.ParameterContext context) {
        List<Doc> parts = new ArrayList<>(List.of(token(context.NAME())));
        if (context.type() != null) {
            parts.addAll(List.of(token(context.COLON()), SPACE, type(context.type())));
        }
        if (context.expr() != null) {
            parts.addAll(List.of(SPACE, token(context.ASSIGN()), SPACE, expr(context.expr())));
        }
        return tight(parts.toArray(Doc[]::new));
    }

    private Doc primary(HeddleParser.PrimaryContext context) {
        return switch (context) {
            case HeddleParser.ReferenceContext c -> called(c.NAME(), c.arguments());
            case HeddleParser.ListContext c -> bracketed(c.LBRACKET(), c.expr(), c.COMMA(), c.RBRACKET());
            case HeddleParser.GroupContext c -> parenthesised(c);
            case HeddleParser.WeightContext c ->
                tight(
                        token(c.WEIGHT()),
                        SPACE,
                        token(c.STRING()),
                        SPACE,
                        token(c.COLON()),
                        SPACE,
                        type(c.type()),
                        held(c.held()),
                        initial(c));
            default -> comments.doc(context.start);
        };
    }

    /** A name, and its arguments where it has any. */
    private Doc called(TerminalNode name, HeddleParser.ArgumentsContext arguments) {
        return arguments == null
                ? token(name)
                : tight(
                        token(name),
                        bracketed(arguments.LPAREN(), arguments.argument(), arguments.COMMA(), arguments.RPAREN()));
    }

    /** What a weight begins its training with, behind its sign; nothing where it is not said. */
    private Doc initial(HeddleParser.WeightContext context) {
        return context.initial() == null
                ? concat()
                : tight(
                        SPACE,
                        token(context.ASSIGN()),
                        SPACE,
                        called(context.initial().NAME(), context.initial().arguments()));
    }

    /** What the elements of a weight are held as, with a space before it; nothing where it is not said. */
    private Doc held(HeddleParser.HeldContext context) {
        List<Doc> words = new ArrayList<>();
        for (int i = 0; context != null && i < context.getChildCount(); i++) {
            words.add(SPACE);
            words.add(token((TerminalNode) context.getChild(i)));
        }
        return tight(words.toArray(Doc[]::new));
    }

    private Doc parenthesised(HeddleParser.GroupContext context) {
        List<Doc> inside = new ArrayList<>(List.of(SOFT_LINE, exprOnNewLine(context.expr())));
        for (Comments.OwnLine comment : comments.takeBefore(context.RPAREN().getSymbol())) {
            inside.add(SOFT_LINE);
            inside.add(new Doc.Comment(comment.text(), true));
        }
        return group(token(context.LPAREN()), new Doc.Indent(concat(inside)), SOFT_LINE, token(context.RPAREN()));
    }

    private Doc subscript(HeddleParser.SubscriptContext context) {
        return switch (context) {
            case HeddleParser.AxisContext c -> c.bounds() == null ? expr(c.from) : range(c.from, c.bounds());
            case HeddleParser.RangeContext c -> range(null, c.bounds());
            default -> comments.doc(context.start);
        };
    }

    /** {@code 1:N} is written close together, {@code i + 1 : N - 1} is not. */
    private Doc range(HeddleParser.ExprContext from, HeddleParser.BoundsContext bounds) {
        List<ParseTree> pieces = new ArrayList<>();
        if (from != null) {
            pieces.add(from);
        }
        for (int i = 0; i < bounds.getChildCount(); i++) {
            pieces.add(bounds.getChild(i));
        }
        boolean spaced = pieces.stream().anyMatch(p -> p instanceof HeddleParser.ExprContext e && isWide(e));
        List<Doc> parts = new ArrayList<>();
        for (int i = 0; i < pieces.size(); i++) {
            if (spaced && i > 0) {
                parts.add(SPACE);
            }
            parts.add(
                    pieces.get(i) instanceof HeddleParser.ExprContext e
                            ? expr(e)
                            : token((TerminalNode) pieces.get(i)));
        }
        return tight(parts.toArray(Doc[]::new));
    }

    private static boolean isWide(HeddleParser.ExprContext context) {
        return !(context instanceof HeddleParser.AtomContext
                || context instanceof HeddleParser.NegateContext
                || context instanceof HeddleParser.IndexContext);
    }

    /** All on one line, or each condition and the last alternative on its own. */
    private Doc choice(HeddleParser.ChoiceContext context, boolean indented) {
        List<Doc> lines = new ArrayList<>();
        Doc lead = concat();
        HeddleParser.ExprContext rest = context;
        while (rest instanceof HeddleParser.ChoiceContext c) {
            Doc condition = concat(token(c.IF()), SPACE, expr(c.expr(0)), SPACE);
            lines.add(tight(lead, condition, token(c.THEN()), SPACE, expr(c.expr(1))));
            lines.add(LINE);
            lead = concat(token(c.ELSE()), SPACE);
            rest = c.expr(2);
        }
        lines.add(tight(lead, expr(rest)));
        return group(indented ? indent(lines.toArray(Doc[]::new)) : concat(lines));
    }

    private static boolean isBinary(HeddleParser.ExprContext context) {
        return context.getChildCount() == 3 && context.getChild(1) instanceof TerminalNode;
    }

    /** Operands at one level of precedence, all on one line or each on its own. */
    private Doc chain(HeddleParser.ExprContext context, boolean indented) {
        List<Doc> parts = new ArrayList<>();
        HeddleParser.ExprContext left = context;
        while (left.getClass() == context.getClass()) {
            Token op = ((TerminalNode) left.getChild(1)).getSymbol();
            Doc tail = concat(LINE, expr((HeddleParser.ExprContext) left.getChild(2)));
            parts.addAll(0, List.of(SPACE, comments.doc(op), indented ? indent(tail) : tail));
            left = (HeddleParser.ExprContext) left.getChild(0);
        }
        parts.addFirst(expr(left));
        return group(parts.toArray(Doc[]::new));
    }
}
