package heddle.dsl.parse;

import heddle.dsl.DeepStack;
import heddle.dsl.ast.Expr;
import heddle.dsl.ast.Item;
import heddle.dsl.ast.SourceUnit;
import heddle.dsl.ast.Template;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.parse.grammar.HeddleParser;
import heddle.dsl.source.SourceFile;
import heddle.dsl.source.Span;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ListTokenSource;

/** Parses Heddle. It collects mistakes instead of throwing them, and continues after each. */
public final class Parser {
    private Parser() {}

    /** Reads a whole file. */
    public static ParseResult parse(SourceFile file) {
        return DeepStack.call(() -> parsed(file));
    }

    private static ParseResult parsed(SourceFile file) {
        Problems problems = new Problems();
        List<Item> items = List.of();
        Complaint complaint = new Complaint(file, problems);
        HeddleParser parser = parser(file, 0, file.text().length(), problems, complaint);
        try {
            items = new ItemBuilder(file, problems).items(parser.file().item());
        } catch (NestingLimit.Exceeded exceeded) {
            problems.add(tooDeep(file, exceeded));
        }
        if (!complaint.blockMissing()) {
            Placement.check(items, problems);
        }
        return new ParseResult(new SourceUnit(file, items), problems.sorted());
    }

    /**
     * The text and holes of a string literal; each expression in it has its place in the file.
     *
     * @throws DiagnosticException if the literal has a malformed hole or escape, which {@link #parse} has reported too
     */
    public static Template template(Expr.StringLiteral literal) {
        Problems problems = new Problems();
        Template template = TemplateReader.read(literal.span(), problems);
        if (!problems.isEmpty()) {
            throw new DiagnosticException(problems.sorted());
        }
        return template;
    }

    /** The expression between two offsets of a file, when that is all there is and it has no mistake. */
    public static Optional<Expr> expression(SourceFile file, int start, int end) {
        Problems problems = new Problems();
        Optional<Expr> expression = hole(file, start, end, problems);
        return problems.isEmpty() ? expression : Optional.empty();
    }

    /** What the grammar matched in a file without mistakes; throws {@link DiagnosticException} if there are some. */
    static HeddleParser.FileContext tree(SourceFile file) {
        parse(file).orThrow();
        Problems problems = new Problems();
        return parser(file, 0, file.text().length(), problems, new Complaint(file, problems))
                .file();
    }

    /** The expression in a hole between two offsets of the file. */
    static Optional<Expr> hole(SourceFile file, int start, int end, Problems problems) {
        HeddleParser parser = parser(file, start, end, problems, new Complaint(file, problems));
        try {
            HeddleParser.HoleContext hole = parser.hole();
            return hole.exception == null
                    ? Optional.of(new ExprBuilder(file, problems).expr(hole.expr()))
                    : Optional.empty();
        } catch (NestingLimit.Exceeded exceeded) {
            problems.add(tooDeep(file, exceeded));
            return Optional.empty();
        }
    }

    private static HeddleParser parser(SourceFile file, int start, int end, Problems problems, Complaint complaint) {
        List<CommonToken> tokens = new Spelling(file, problems).correct(Tokens.read(file, start, end));
        tokens = Layout.of(file, Brackets.balance(file, problems, tokens));
        CommonTokenStream stream = new CommonTokenStream(new ListTokenSource(tokens, file.name()));
        stream.fill();
        HeddleParser parser = new HeddleParser(stream);
        parser.removeErrorListeners();
        parser.setErrorHandler(new Recovery(complaint));
        parser.addParseListener(new NestingLimit());
        return parser;
    }

    private static Diagnostic tooDeep(SourceFile file, NestingLimit.Exceeded exceeded) {
        Span span = Tokens.span(file, exceeded.at);
        return Diagnostic.at(span, SyntaxCode.TOO_DEEP, "this is nested too deep to be read")
                .hint("give names to parts of it with `let`");
    }
}
