package heddle.dsl.parse;

import heddle.dsl.ast.Expr;
import heddle.dsl.ast.Item;
import heddle.dsl.ast.Name;
import heddle.dsl.ast.Stmt;
import heddle.dsl.ast.TypeExpr;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.parse.grammar.HeddleParser;
import heddle.dsl.source.SourceFile;
import heddle.dsl.source.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.TerminalNode;

/** Builds statements from what the grammar matched, leaving out those with a mistake. */
final class ItemBuilder {
    /** What stands before a typical length. */
    private static final String TYPICAL = "typical";

    private final SourceFile file;
    private final Problems problems;
    private final ExprBuilder exprs;

    ItemBuilder(SourceFile file, Problems problems) {
        this.file = file;
        this.problems = problems;
        this.exprs = new ExprBuilder(file, problems);
    }

    List<Item> items(List<HeddleParser.ItemContext> contexts) {
        return contexts.stream()
                .filter(c -> c.exception == null)
                .map(this::item)
                .toList();
    }

    private Item item(HeddleParser.ItemContext context) {
        return switch (context) {
            case HeddleParser.ModelContext c -> new Item.Model(exprs.name(c.NAME()), span(c));
            case HeddleParser.ImportFileContext c -> new Item.Import(exprs.string(c.STRING()), span(c));
            case HeddleParser.DimsContext c ->
                new Item.Dims(c.length().stream().map(this::length).toList(), span(c));
            case HeddleParser.InputContext c -> new Item.Input(exprs.name(c.NAME()), exprs.type(c.type()), span(c));
            case HeddleParser.OutputContext c ->
                new Stmt.Output(exprs.name(c.NAME()), type(c.type()), exprs.expr(c.expr()), span(c));
            case HeddleParser.FunctionContext c -> function(c);
            case HeddleParser.LetContext c ->
                new Stmt.Let(c.binding().stream().map(this::binding).toList(), span(c));
            case HeddleParser.AssignContext c -> new Stmt.Assign(binding(c.binding()), span(c));
            case HeddleParser.ForContext c ->
                new Stmt.For(
                        exprs.name(c.NAME()), exprs.expr(c.expr(0)), exprs.expr(c.expr(1)), block(c.block()), span(c));
            case HeddleParser.WhenContext c -> conditional(c.conditional());
            case HeddleParser.ReturnContext c -> new Stmt.Return(exprs.exprs(c.expr()), span(c));
            default -> throw new IllegalStateException(context.getClass().getName());
        };
    }

    private Item.Length length(HeddleParser.LengthContext context) {
        return new Item.Length(exprs.name(context.NAME(0)), typical(context));
    }

    private OptionalLong typical(HeddleParser.LengthContext context) {
        if (context.INT() == null) {
            return OptionalLong.empty();
        }
        TerminalNode word = context.NAME(1);
        if (word == null || !word.getText().equals(TYPICAL)) {
            String number = context.INT().getText();
            Token wrong = word == null ? context.INT().getSymbol() : word.getSymbol();
            problems.add(Diagnostic.at(
                            Tokens.span(file, wrong),
                            SyntaxCode.UNEXPECTED,
                            "a length is bound when the model runs; here can stand what it typically is")
                    .hint("write `" + context.NAME(0).getText() + " = typical " + number + "`, or `let "
                            + context.NAME(0).getText() + " = " + number + "` for a number that does not change"));
            return OptionalLong.empty();
        }
        Token number = context.INT().getSymbol();
        long value = ((Expr.IntLiteral) new Literals(file, problems).integer(number)).value();
        if (value < 1 || value > Integer.MAX_VALUE) {
            problems.add(Diagnostic.at(
                            Tokens.span(file, number),
                            SyntaxCode.NUMBER_OUT_OF_RANGE,
                            "a typical length is from 1 to " + Integer.MAX_VALUE)
                    .label("is " + value));
            return OptionalLong.empty();
        }
        return OptionalLong.of(value);
    }

    private Item function(HeddleParser.FunctionContext context) {
        List<Item.Parameter> parameters = context.parameters().parameter().stream()
                .map(p -> new Item.Parameter(
                        exprs.name(p.NAME()),
                        type(p.type()),
                        Optional.ofNullable(p.expr()).map(exprs::expr)))
                .toList();
        boolean expression = context.expr() != null;
        List<Stmt> body = expression ? List.of(result(context.expr())) : block(context.block());
        return new Item.Function(exprs.name(context.NAME()), parameters, body, expression, span(context));
    }

    private Stmt result(HeddleParser.ExprContext context) {
        Expr value = exprs.expr(context);
        return new Stmt.Return(List.of(value), exprs.span(context));
    }

    private Stmt.Binding binding(HeddleParser.BindingContext context) {
        return new Stmt.Binding(names(context.NAME()), exprs.expr(context.expr()), exprs.span(context));
    }

    private Stmt.If conditional(HeddleParser.ConditionalContext context) {
        List<Stmt> otherwise = List.of();
        if (context.conditional() != null) {
            otherwise = List.of(conditional(context.conditional()));
        } else if (context.block().size() > 1) {
            otherwise = block(context.block(1));
        }
        return new Stmt.If(exprs.expr(context.expr()), block(context.block(0)), otherwise, exprs.span(context));
    }

    /** The statements of a block. Declarations that are allowed only at the top level are reported and left out. */
    private List<Stmt> block(HeddleParser.BlockContext context) {
        List<Stmt> statements = new ArrayList<>();
        for (Item item : items(context.item())) {
            if (item instanceof Stmt statement && !(item instanceof Stmt.Output)) {
                statements.add(statement);
            } else {
                problems.add(onlyAtTop(item));
            }
        }
        return statements;
    }

    private Diagnostic onlyAtTop(Item item) {
        String keyword = item.span().text().split("\\s", 2)[0];
        Span first = new Span(file, item.span().start(), item.span().start() + keyword.length());
        return Diagnostic.at(
                        first, SyntaxCode.MISPLACED_STATEMENT, "`" + keyword + "` may only stand at the top of a file")
                .label("this is inside a block")
                .hint("move it out of the braces");
    }

    private Optional<TypeExpr> type(HeddleParser.TypeContext context) {
        return Optional.ofNullable(context).map(exprs::type);
    }

    private List<Name> names(List<TerminalNode> nodes) {
        return nodes.stream().map(exprs::name).toList();
    }

    /** The statement without the END that closes it. */
    private Span span(ParserRuleContext item) {
        Token last = item.stop;
        int end = last.getType() == HeddleParser.END ? last.getStartIndex() : last.getStopIndex() + 1;
        return new Span(file, item.start.getStartIndex(), end);
    }
}
