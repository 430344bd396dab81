package heddle.dsl.parse;

import heddle.dsl.ast.Expr;
import heddle.dsl.ast.Expr.BinaryOp;
import heddle.dsl.ast.Expr.Subscript;
import heddle.dsl.ast.Expr.UnaryOp;
import heddle.dsl.ast.Name;
import heddle.dsl.ast.TypeExpr;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.parse.grammar.HeddleParser;
import heddle.dsl.source.SourceFile;
import heddle.dsl.source.Span;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.TerminalNode;

/** Builds expressions and types from what the grammar matched without a mistake. */
final class ExprBuilder {
    private static final Map<String, BinaryOp> OPERATORS =
            Arrays.stream(BinaryOp.values()).collect(Collectors.toMap(op -> op.symbol, Function.identity()));

    private final SourceFile file;
    private final Problems problems;
    private final Literals literals;

    ExprBuilder(SourceFile file, Problems problems) {
        this.file = file;
        this.problems = problems;
        this.literals = new Literals(file, problems);
    }

    List<Expr> exprs(List<HeddleParser.ExprContext> contexts) {
        return contexts.stream().map(this::expr).toList();
    }

    Expr expr(HeddleParser.ExprContext context) {
        return switch (context) {
            case HeddleParser.AtomContext c -> primary(c.primary());
            case HeddleParser.IndexContext c ->
                new Expr.Index(
                        expr(c.expr()),
                        c.subscript().stream().map(this::subscript).toList(),
                        span(c));
            case HeddleParser.PowerContext c -> binary(c.expr(0), c.POWER().getSymbol(), c.expr(1));
            case HeddleParser.ProductContext c -> binary(c.expr(0), c.op, c.expr(1));
            case HeddleParser.SumContext c -> binary(c.expr(0), c.op, c.expr(1));
            case HeddleParser.ComparisonContext c -> comparison(c);
            case HeddleParser.AndContext c -> binary(c.expr(0), c.AND().getSymbol(), c.expr(1));
            case HeddleParser.OrContext c -> binary(c.expr(0), c.OR().getSymbol(), c.expr(1));
            case HeddleParser.NegateContext c -> new Expr.Unary(UnaryOp.NEGATE, expr(c.expr()), span(c));
            case HeddleParser.NotContext c -> new Expr.Unary(UnaryOp.NOT, expr(c.expr()), span(c));
            case HeddleParser.ChoiceContext c ->
                new Expr.If(expr(c.expr(0)), expr(c.expr(1)), expr(c.expr(2)), span(c));
            default -> throw new IllegalStateException(context.getClass().getName());
        };
    }

    TypeExpr type(HeddleParser.TypeContext context) {
        return new TypeExpr(name(context.NAME()), exprs(context.expr()), span(context));
    }

    Name name(TerminalNode node) {
        return new Name(node.getText(), Tokens.span(file, node.getSymbol()));
    }

    Expr.StringLiteral string(TerminalNode node) {
        return literals.string(node.getSymbol());
    }

    Span span(ParserRuleContext context) {
        return new Span(file, context.start.getStartIndex(), context.stop.getStopIndex() + 1);
    }

    private Expr binary(HeddleParser.ExprContext left, Token op, HeddleParser.ExprContext right) {
        Span span = span(left).to(span(right));
        return new Expr.Binary(
                OPERATORS.get(Expectation.sign(op.getType())), expr(left), expr(right), Tokens.span(file, op), span);
    }

    private Expr comparison(HeddleParser.ComparisonContext context) {
        if (context.expr(0) instanceof HeddleParser.ComparisonContext first) {
            problems.add(Diagnostic.at(
                            Tokens.span(file, context.op), SyntaxCode.CHAINED_COMPARISON, "comparisons do not chain")
                    .related(Tokens.span(file, first.op), "the first comparison")
                    .hint("join two comparisons with `and`: `a < b and b < c`"));
        }
        return binary(context.expr(0), context.op, context.expr(1));
    }

    private Expr primary(HeddleParser.PrimaryContext context) {
        return switch (context) {
            case HeddleParser.IntContext c -> literals.integer(c.start);
            case HeddleParser.FloatContext c -> literals.floating(c.start);
            case HeddleParser.InfinityContext c -> new Expr.FloatLiteral(Double.POSITIVE_INFINITY, span(c));
            case HeddleParser.BoolContext c -> new Expr.BoolLiteral(c.value.getType() == HeddleParser.TRUE, span(c));
            case HeddleParser.StringContext c -> string(c.STRING());
            case HeddleParser.ReferenceContext c -> reference(c);
            case HeddleParser.ListContext c -> new Expr.ListLiteral(exprs(c.expr()), span(c));
            case HeddleParser.GroupContext c -> expr(c.expr());
            case HeddleParser.WeightContext c ->
                new Expr.Weight(
                        string(c.STRING()),
                        type(c.type()),
                        Optional.ofNullable(c.held()).map(this::held),
                        Optional.ofNullable(c.initial()).map(this::initial),
                        span(c));
            default -> throw new IllegalStateException(context.getClass().getName());
        };
    }

    private Expr.Held held(HeddleParser.HeldContext context) {
        return new Expr.Held(
                name(context.NAME(0)),
                context.PER() == null ? Optional.empty() : Optional.of(name(context.NAME(1))),
                Optional.ofNullable(context.STRING()).map(this::string),
                span(context));
    }

    private Expr.Initial initial(HeddleParser.InitialContext context) {
        return new Expr.Initial(
                name(context.NAME()),
                context.arguments() == null ? List.of() : arguments(context.arguments()),
                span(context));
    }

    private Expr reference(HeddleParser.ReferenceContext context) {
        return context.arguments() == null
                ? new Expr.Ref(context.NAME().getText(), span(context))
                : new Expr.Call(name(context.NAME()), arguments(context.arguments()), span(context));
    }

    private List<Expr.Argument> arguments(HeddleParser.ArgumentsContext context) {
        return context.argument().stream()
                .map(a -> new Expr.Argument(Optional.ofNullable(a.NAME()).map(this::name), expr(a.expr())))
                .toList();
    }

    private Subscript subscript(HeddleParser.SubscriptContext context) {
        return switch (context) {
            case HeddleParser.AxisContext c ->
                c.bounds() == null
                        ? new Subscript.At(expr(c.from))
                        : range(Optional.of(expr(c.from)), c.bounds(), span(c));
            case HeddleParser.RangeContext c -> range(Optional.empty(), c.bounds(), span(c));
            case HeddleParser.EllipsisContext c -> new Subscript.Ellipsis(span(c));
            case HeddleParser.NewAxisContext c -> new Subscript.NewAxis(span(c));
            default -> throw new IllegalStateException(context.getClass().getName());
        };
    }

    private Subscript range(Optional<Expr> start, HeddleParser.BoundsContext bounds, Span span) {
        return new Subscript.Range(start, optional(bounds.to), optional(bounds.by), span);
    }

    private Optional<Expr> optional(HeddleParser.ExprContext context) {
        return Optional.ofNullable(context).map(this::expr);
    }
}
