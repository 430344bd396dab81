package heddle.dsl.parse;

import heddle.dsl.parse.grammar.HeddleLexer;
import java.util.List;
import java.util.stream.IntStream;

/** The words of the language, as editors propose and colour them. */
public final class Keywords {
    private Keywords() {}

    /** All of them in the order of the grammar, those among them that are ordinary names elsewhere. */
    public static List<String> all() {
        return IntStream.rangeClosed(1, HeddleLexer.VOCABULARY.getMaxTokenType())
                .mapToObj(HeddleLexer.VOCABULARY::getLiteralName)
                .filter(name -> name != null && name.matches("'[a-z]+'"))
                .map(name -> name.substring(1, name.length() - 1))
                .toList();
    }
}
