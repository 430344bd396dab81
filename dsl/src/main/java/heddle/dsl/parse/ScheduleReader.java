package heddle.dsl.parse;

import heddle.dsl.ast.Name;
import heddle.dsl.ast.ScheduleFile;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.parse.grammar.ScheduleLexer;
import heddle.dsl.parse.grammar.ScheduleParser;
import heddle.dsl.parse.grammar.ScheduleParser.BindContext;
import heddle.dsl.parse.grammar.ScheduleParser.ChoicesContext;
import heddle.dsl.parse.grammar.ScheduleParser.KernelContext;
import heddle.dsl.parse.grammar.ScheduleParser.NameContext;
import heddle.dsl.parse.grammar.ScheduleParser.PlacedContext;
import heddle.dsl.source.SourceFile;
import heddle.dsl.source.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.antlr.v4.runtime.BaseErrorListener;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Recognizer;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.ParseTree;
import org.antlr.v4.runtime.tree.TerminalNode;

/** Parses schedule files, which look as {@code heddle compile --emit schedule} prints schedules. */
public final class ScheduleReader {
    /** Where what is read can be had from. */
    public static final String REMEDY = "heddle compile --emit schedule prints schedules in the form that is read here";

    private final SourceFile file;
    private final List<Diagnostic> problems = new ArrayList<>();

    private ScheduleReader(SourceFile file) {
        this.file = file;
    }

    /** @throws DiagnosticException with {@link ScheduleCode#MALFORMED} at the first place that does not fit the grammar */
    public static ScheduleFile read(SourceFile file) {
        return new ScheduleReader(file).parsed();
    }

    private ScheduleFile parsed() {
        ScheduleLexer lexer = new ScheduleLexer(CharStreams.fromString(file.text(), file.name()));
        lexer.removeErrorListeners();
        ScheduleParser parser = new ScheduleParser(new CommonTokenStream(lexer));
        parser.removeErrorListeners();
        parser.addErrorListener(new BaseErrorListener() {
            @Override
            public void syntaxError(
                    Recognizer<?, ?> recognizer,
                    Object symbol,
                    int line,
                    int column,
                    String message,
                    RecognitionException e) {
                malformed((Token) symbol, ScheduleComplaint.of(parser, (Token) symbol));
            }
        });
        var tree = parser.file();
        if (problems.isEmpty()) {
            List<ScheduleFile.Kernel> kernels =
                    tree.kernel().stream().map(this::kernel).toList();
            once(kernels);
            some(kernels);
            if (problems.isEmpty()) {
                return new ScheduleFile(file, kernels);
            }
        }
        throw new DiagnosticException(List.of(problems.getFirst()));
    }

    private void malformed(Token at, ScheduleComplaint complaint) {
        problems.add(Diagnostic.at(span(at), ScheduleCode.MALFORMED, complaint.message())
                .hint(complaint.remedy().orElse(REMEDY)));
    }

    /** Counted in Java characters; the lexer counts code points. */
    private Span span(Token token) {
        String text = file.text();
        int points = text.codePointCount(0, text.length());
        int start = text.offsetByCodePoints(0, Math.min(token.getStartIndex(), points));
        int stop =
                text.offsetByCodePoints(0, Math.min(Math.max(token.getStopIndex() + 1, token.getStartIndex()), points));
        return new Span(file, start, Math.max(start, stop));
    }

    private void some(List<ScheduleFile.Kernel> kernels) {
        if (kernels.isEmpty()) {
            problems.add(Diagnostic.of(ScheduleCode.MALFORMED, file.name() + " names no kernel")
                    .note("it is empty, or has comments alone")
                    .hint(REMEDY));
        }
    }

    /** A kernel has one schedule. */
    private void once(List<ScheduleFile.Kernel> kernels) {
        Map<String, Name> seen = new HashMap<>();
        for (ScheduleFile.Kernel k : kernels) {
            Name other = seen.putIfAbsent(k.name().text(), k.name());
            if (other != null) {
                problems.add(Diagnostic.at(
                                k.name().span(),
                                ScheduleCode.MALFORMED,
                                k.name() + " has a schedule already, at " + other.span())
                        .hint("leave one of them out"));
            }
        }
    }

    private ScheduleFile.Kernel kernel(KernelContext context) {
        Token header = context.HEADER().getSymbol();
        String text = header.getText();
        String name = text.substring("schedule".length(), text.lastIndexOf(':')).strip();
        int at = span(header).start() + text.indexOf(name, "schedule".length());
        List<ScheduleFile.Entry> entries = new ArrayList<>();
        context.choices().forEach(choices -> add(choices, entries));
        return new ScheduleFile.Kernel(new Name(name, new Span(file, at, at + name.length())), entries);
    }

    private void add(ChoicesContext c, List<ScheduleFile.Entry> to) {
        c.cut().forEach(x -> {
            String word = x.getChild(x.getChildCount() - 1).getText();
            Optional<Integer> size = Optional.ofNullable(x.NUMBER()).map(this::number);
            to.add(new ScheduleFile.Cut(name(x.name()), word, size));
        });
        c.order()
                .forEach(x -> to.add(
                        new ScheduleFile.Order(name(x.name()), x.getChild(1).getText())));
        c.placed().forEach(x -> place(x, to));
        c.bind().forEach(x -> to.add(bind(x)));
        c.unroll().forEach(x -> to.add(new ScheduleFile.Unroll(name(x.name(0)), name(x.name(1)), number(x.NUMBER()))));
        String kind = c.getStart().getText();
        c.numbered().forEach(x -> to.add(new ScheduleFile.Number(kind, name(x.name()), number(x.NUMBER()))));
        if (c.NUMBER() != null) {
            Token word = c.getStart();
            to.add(new ScheduleFile.Number("grain", new Name(word.getText(), span(word)), number(c.NUMBER())));
        }
    }

    private void place(PlacedContext placed, List<ScheduleFile.Entry> to) {
        ParseTree last = placed.getChild(placed.getChildCount() - 1);
        String word = last.getText().equals("place") ? "in place" : last.getText();
        placed.name().forEach(n -> to.add(new ScheduleFile.Place(name(n), word)));
    }

    private ScheduleFile.Bind bind(BindContext bind) {
        List<ScheduleFile.Level> chain = bind.factor().stream()
                .map(f -> new ScheduleFile.Level(f.getStart().getText(), f.NUMBER() == null ? 0 : number(f.NUMBER())))
                .toList();
        return new ScheduleFile.Bind(name(bind.name()), chain);
    }

    private Name name(NameContext name) {
        return new Name(name.getText(), span(name.getStart()));
    }

    private int number(TerminalNode node) {
        String text = node.getText();
        if (text.length() > 9) {
            problems.add(Diagnostic.at(span(node.getSymbol()), ScheduleCode.MALFORMED, text + " is too large a number")
                    .hint("numbers here are sizes of blocks"));
            return 1;
        }
        return Integer.parseInt(text);
    }
}
