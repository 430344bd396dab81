package heddle.compiler.target.jvm;

import java.util.HashSet;
import java.util.Set;
import javax.lang.model.SourceVersion;

/** The Java identifiers of one scope. */
final class Names {
    private final Set<String> taken = new HashSet<>();

    Names() {}

    /** A scope within {@code outer}: its names are taken here too. */
    Names(Names outer) {
        taken.addAll(outer.taken);
    }

    /** An identifier like {@code wish} that nothing else in the scope has. */
    String unique(String wish) {
        String name = identifier(wish);
        for (int n = 2; !taken.add(name); n++) {
            name = identifier(wish) + "_" + n;
        }
        return name;
    }

    /** {@code text} with everything that may not stand in an identifier replaced. */
    static String identifier(String text) {
        String name = text.replaceAll("[^A-Za-z0-9_]", "_");
        return name.isEmpty() || Character.isDigit(name.charAt(0)) || !SourceVersion.isName(name) ? "_" + name : name;
    }
}
