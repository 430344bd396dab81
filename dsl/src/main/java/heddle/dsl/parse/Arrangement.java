package heddle.dsl.parse;

import static heddle.dsl.doc.Doc.BREAK;
import static heddle.dsl.doc.Doc.LINE;
import static heddle.dsl.doc.Doc.SPACE;
import static heddle.dsl.doc.Doc.concat;
import static heddle.dsl.doc.Doc.group;
import static heddle.dsl.doc.Doc.indent;

import heddle.dsl.doc.Doc;
import heddle.dsl.parse.grammar.HeddleParser;
import heddle.dsl.source.SourceFile;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.TerminalNode;

/** Decides where statements have spaces, line breaks and comments. The formatter writes the result. */
public final class Arrangement {
    private final SourceFile file;
    private final Comments comments;
    private final ExprArrangement exprs;

    private Arrangement(SourceFile file) {
        this.file = file;
        this.comments = new Comments(file);
        this.exprs = new ExprArrangement(comments);
    }

    /** The arrangement of a file; throws {@code DiagnosticException} if it cannot be parsed. */
    public static Doc of(SourceFile file) {
        HeddleParser.FileContext tree = Parser.tree(file);
        return new Arrangement(file).items(tree.item(), tree.EOF().getSymbol());
    }

    /** Statements and the comments between them, each on a new line; {@code end} is the token after the last. */
    private Doc items(List<HeddleParser.ItemContext> items, Token end) {
        List<Doc> lines = new ArrayList<>();
        for (HeddleParser.ItemContext item : items) {
            commentLines(item.start, lines);
            line(item(item), comments.blankBefore(item.start), lines);
        }
        commentLines(end, lines);
        return concat(lines);
    }

    private void commentLines(Token token, List<Doc> lines) {
        for (Comments.OwnLine comment : comments.takeBefore(token)) {
            line(new Doc.Comment(comment.text(), false), comment.blankBefore(), lines);
        }
    }

    /** Adds a line, with an empty one before it if there was one, except at the start of a block. */
    private static void line(Doc line, boolean blankBefore, List<Doc> lines) {
        lines.add(new Doc.Break(blankBefore && !lines.isEmpty()));
        lines.add(line);
    }

    /** {@code N = typical 1024}. */
    private Doc length(HeddleParser.LengthContext c) {
        return c.INT() == null ? token(c.NAME(0)) : words(c.NAME(0), c.ASSIGN(), c.NAME(1), c.INT());
    }

    private Doc item(HeddleParser.ItemContext context) {
        return switch (context) {
            case HeddleParser.ModelContext c -> words(c.MODEL(), c.NAME());
            case HeddleParser.ImportFileContext c -> words(c.IMPORT(), c.STRING());
            case HeddleParser.DimsContext c ->
                group(
                        token(c.DIM()),
                        SPACE,
                        indent(list(c.length().stream().map(this::length).toList(), c.COMMA(), LINE)));
            case HeddleParser.InputContext c ->
                concat(words(c.INPUT(), c.NAME()), token(c.COLON()), SPACE, new Doc.Stop(), exprs.type(c.type()));
            case HeddleParser.OutputContext c -> output(c);
            case HeddleParser.FunctionContext c -> group(function(c));
            case HeddleParser.LetContext c -> let(c);
            case HeddleParser.AssignContext c -> binding(c.binding());
            case HeddleParser.ForContext c -> group(loop(c));
            case HeddleParser.WhenContext c -> group(conditional(c.conditional(), onOneLine(c)));
            case HeddleParser.ReturnContext c ->
                group(
                        token(c.RETURN()),
                        SPACE,
                        indent(list(c.expr().stream().map(exprs::expr).toList(), c.COMMA(), LINE)));
            default -> throw new IllegalStateException(context.getClass().getName());
        };
    }

    private Doc let(HeddleParser.LetContext context) {
        Doc bindings = list(context.binding().stream().map(this::binding).toList(), context.COMMA(), LINE);
        boolean single = context.binding().size() == 1;
        return group(token(context.LET()), SPACE, single ? bindings : indent(bindings));
    }

    private Doc output(HeddleParser.OutputContext context) {
        Doc head = words(context.OUTPUT(), context.NAME());
        Doc type =
                context.type() == null ? concat() : concat(token(context.COLON()), SPACE, exprs.type(context.type()));
        return concat(head, type, SPACE, token(context.ASSIGN()), exprs.value(context.expr()));
    }

    private Doc function(HeddleParser.FunctionContext context) {
        Doc head = concat(words(context.FN(), context.NAME()), exprs.parameters(context.parameters()), SPACE);
        return context.expr() == null
                ? concat(head, block(context.block(), onOneLine(context)))
                : concat(head, token(context.ASSIGN()), exprs.value(context.expr()));
    }

    private Doc binding(HeddleParser.BindingContext context) {
        return concat(
                list(context.NAME().stream().map(this::token).toList(), context.COMMA(), SPACE),
                SPACE,
                token(context.ASSIGN()),
                exprs.value(context.expr()));
    }

    private Doc loop(HeddleParser.ForContext context) {
        return concat(
                words(context.FOR(), context.NAME(), context.IN()),
                SPACE,
                exprs.expr(context.expr(0)),
                SPACE,
                token(context.RANGE()),
                SPACE,
                exprs.expr(context.expr(1)),
                SPACE,
                block(context.block(), onOneLine(context)));
    }

    private Doc conditional(HeddleParser.ConditionalContext context, boolean oneLine) {
        List<Doc> parts = new ArrayList<>(List.of(
                token(context.IF()), SPACE, exprs.expr(context.expr()), SPACE, block(context.block(0), oneLine)));
        if (context.ELSE() != null) {
            parts.addAll(List.of(SPACE, token(context.ELSE()), SPACE));
            parts.add(
                    context.conditional() != null
                            ? conditional(context.conditional(), oneLine)
                            : block(context.block(1), oneLine));
        }
        return concat(parts);
    }

    private Doc block(HeddleParser.BlockContext context, boolean oneLine) {
        Token close = context.RBRACE().getSymbol();
        if (oneLine && context.item().size() == 1) {
            Doc statement = item(context.item(0));
            return concat(token(context.LBRACE()), indent(LINE, statement), LINE, token(context.RBRACE()));
        }
        Doc open = token(context.LBRACE());
        Doc body = items(context.item(), close);
        boolean empty = body.equals(concat()) && open.equals(concat(Doc.text("{")));
        return concat(open, new Doc.Indent(body), empty ? concat() : BREAK, token(context.RBRACE()));
    }

    /** Whether a statement with blocks was written on one line and each block holds one plain statement at most. */
    private boolean onOneLine(HeddleParser.ItemContext context) {
        return !file.text()
                        .substring(context.start.getStartIndex(), context.stop.getStartIndex())
                        .contains("\n")
                && plainBlocks(context);
    }

    private static boolean plainBlocks(ParserRuleContext context) {
        return context.getRuleContexts(HeddleParser.BlockContext.class).stream()
                        .allMatch(block -> block.item().size() <= 1
                                && block.item().stream()
                                        .allMatch(i -> i.getRuleContexts(HeddleParser.BlockContext.class)
                                                        .isEmpty()
                                                && !(i instanceof HeddleParser.WhenContext)))
                && context.getRuleContexts(HeddleParser.ConditionalContext.class).stream()
                        .allMatch(Arrangement::plainBlocks);
    }

    private Doc words(TerminalNode... words) {
        return list(List.of(words).stream().map(this::token).toList(), List.of(), SPACE);
    }

    /** Elements with their commas, if any, and {@code gap} between. */
    private Doc list(List<Doc> elements, List<TerminalNode> commas, Doc gap) {
        List<Doc> parts = new ArrayList<>();
        for (int i = 0; i < elements.size(); i++) {
            if (i > 0) {
                parts.add(gap);
            }
            parts.add(elements.get(i));
            if (i < commas.size()) {
                parts.add(token(commas.get(i)));
            }
        }
        return concat(parts);
    }

    private Doc token(TerminalNode node) {
        return exprs.token(node);
    }
}
