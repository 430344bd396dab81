package heddle.cli.page;

import heddle.dsl.parse.TokenClasses;
import heddle.dsl.source.SourceFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The section {@code source}: the files of a model, and what their tokens are. */
final class SourceSection {
    private SourceSection() {}

    static Map<String, Object> of(Inspected in) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(
                "classes",
                Arrays.stream(TokenClasses.Kind.values())
                        .map(k -> k.name().toLowerCase(Locale.ROOT))
                        .toList());
        fields.put("files", in.files().stream().map(SourceSection::file).toList());
        return fields;
    }

    private static Map<String, Object> file(SourceFile file) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", file.name());
        fields.put("text", file.text());
        fields.put("tokens", tokens(file));
        return fields;
    }

    /** Three numbers a token: characters since the one before, its length, its class. */
    private static List<Integer> tokens(SourceFile file) {
        List<Integer> tokens = new ArrayList<>();
        int at = 0;
        for (TokenClasses.Classified token : TokenClasses.of(file)) {
            tokens.add(token.start() - at);
            tokens.add(token.end() - token.start());
            tokens.add(token.kind().ordinal());
            at = token.end();
        }
        return tokens;
    }
}
