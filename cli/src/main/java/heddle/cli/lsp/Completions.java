package heddle.cli.lsp;

import heddle.compiler.frontend.Catalogue;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.type.DType;
import heddle.dsl.parse.Keywords;
import heddle.runtime.weights.WeightEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.lsp4j.CompletionItem;
import org.eclipse.lsp4j.CompletionItemKind;
import org.eclipse.lsp4j.MarkupContent;
import org.eclipse.lsp4j.MarkupKind;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.TextEdit;
import org.eclipse.lsp4j.jsonrpc.messages.Either;

/** What can be written next: names in scope, functions, words of the language, and in quotation marks the names of weights. */
record Completions(WeightNames weights) {
    private static final Pattern HOLE = Pattern.compile("\\{[^{}]*}");

    /** @param clean an analysis of the document without mistakes in its syntax, which knows names of statements half written now */
    List<CompletionItem> at(Analysis analysis, Analysis clean, Position position) {
        Lines lines = analysis.lines();
        Cursor cursor = Cursor.at(lines, lines.offset(position));
        // Dots and quotation marks ask for names of weights; behind others nothing is proposed.
        return switch (cursor.kind()) {
            case COMMENT -> List.of();
            case TEXT -> cursor.keyword("weight", lines) < 0 ? List.of() : weightNames(analysis, cursor);
            case CODE -> cursor.isBehind('.') || cursor.isBehind('"') ? List.of() : names(analysis, clean, cursor);
        };
    }

    private static List<CompletionItem> names(Analysis analysis, Analysis clean, Cursor cursor) {
        Map<String, CompletionItem> items = new LinkedHashMap<>();
        TextChange since =
                TextChange.between(clean.document().text(), analysis.document().text());
        List<Declaration> declared = new ArrayList<>(analysis.names().visible(cursor.start()));
        declared.addAll(clean.names().visible(since.origin(cursor.start())));
        declared.forEach(d -> items.putIfAbsent(d.name(), item(d, analysis, clean)));
        Catalogue.sections().stream()
                .flatMap(s -> s.functions().stream())
                .forEach(f -> items.putIfAbsent(f.signature().name(), item(f)));
        for (DType type : DType.values()) {
            items.putIfAbsent(type.text(), item(type.text(), CompletionItemKind.TypeParameter, "element type"));
        }
        Keywords.all().forEach(k -> items.putIfAbsent(k, item(k, CompletionItemKind.Keyword, "keyword")));
        String prefix = cursor.prefix();
        return items.values().stream()
                .filter(i -> i.getLabel().startsWith(prefix))
                .toList();
    }

    private static CompletionItem item(String label, CompletionItemKind kind, String detail) {
        CompletionItem item = new CompletionItem(label);
        item.setKind(kind);
        item.setDetail(detail);
        return item;
    }

    private static CompletionItem item(LanguageFunction f) {
        CompletionItem item = item(
                f.signature().name(), CompletionItemKind.Function, f.signature().toString());
        item.setDocumentation(new MarkupContent(MarkupKind.MARKDOWN, f.summary() + "\n\nshapes: " + f.shapes()));
        return item;
    }

    private static CompletionItem item(Declaration d, Analysis analysis, Analysis clean) {
        boolean isFunction = d.function().isPresent();
        CompletionItemKind kind = switch (d.kind()) {
            case FUNCTION -> CompletionItemKind.Function;
            case LENGTH -> CompletionItemKind.Constant;
            case VALUE, INPUT, OUTPUT, PARAMETER, LOOP -> CompletionItemKind.Variable;
        };
        String type = "";
        if (!isFunction) {
            type = analysis.names().isHere(d) ? analysis.values().text(d.place().start()) : "";
            type = type.isEmpty() && clean.names().isHere(d)
                    ? clean.values().text(d.place().start())
                    : type;
        }
        CompletionItem item =
                item(d.name(), kind, isFunction ? d.usage() : d.kind().text + (type.isEmpty() ? "" : ": " + type));
        String comment = isFunction ? d.comment() : "";
        if (!comment.isEmpty()) {
            item.setDocumentation(new MarkupContent(MarkupKind.MARKDOWN, comment));
        }
        return item;
    }

    /** Names that go on as the text does. A hole of the text stands for a part of a name between two dots, and stays. */
    private List<CompletionItem> weightNames(Analysis analysis, Cursor cursor) {
        String written = analysis.lines().text().substring(cursor.quote(), cursor.offset());
        StringBuilder pattern = new StringBuilder();
        Matcher holes = HOLE.matcher(written);
        int from = 0;
        while (holes.find()) {
            pattern.append(Pattern.quote(written.substring(from, holes.start())))
                    .append("[^.]*");
            from = holes.end();
        }
        Pattern start = Pattern.compile(
                pattern.append(Pattern.quote(written.substring(from))).toString());
        Set<String> seen = new TreeSet<>();
        List<CompletionItem> items = new ArrayList<>();
        for (WeightEntry entry : weights.of(analysis.source())) {
            Matcher matched = start.matcher(entry.name());
            if (matched.lookingAt() && seen.add(written + entry.name().substring(matched.end()))) {
                String name = written + entry.name().substring(matched.end());
                CompletionItem item = item(name, CompletionItemKind.Field, entry.type());
                item.setTextEdit(
                        Either.forLeft(new TextEdit(analysis.lines().range(cursor.quote(), cursor.offset()), name)));
                items.add(item);
            }
        }
        return items;
    }
}
