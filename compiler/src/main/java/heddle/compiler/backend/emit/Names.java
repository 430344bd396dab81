package heddle.compiler.backend.emit;

import java.util.HashSet;
import java.util.Set;
import javax.lang.model.SourceVersion;

/** The Java identifiers of one scope. */
public final class Names {
    /** Names that generated methods use: constants, parameters and classes. */
    private static final Set<String> RESERVED = Set.of(
            "F",
            "D",
            "I",
            "entry",
            "arrays",
            "offsets",
            "lengths",
            "from",
            "to",
            "block",
            "tiles",
            "tilesAt",
            "TILES",
            "Arrays",
            "Double",
            "DoubleVector",
            "Float",
            "FloatVector",
            "IllegalArgumentException",
            "IntVector",
            "Integer",
            "Long",
            "Math",
            "Object",
            "VectorMask",
            "VectorOperators",
            "VectorSpecies");

    private final Set<String> taken = new HashSet<>();

    public Names() {}

    /** A scope within {@code outer}: its names are taken here too. */
    public Names(Names outer) {
        taken.addAll(outer.taken);
    }

    /** An identifier like {@code wish} that nothing else in the scope has. */
    public String unique(String wish) {
        String name = identifier(wish);
        for (int n = 2; !taken.add(name); n++) {
            name = identifier(wish) + "_" + n;
        }
        return name;
    }

    /** What a length is called: distinct from what is said of blocks, whose ends are called after their axes. */
    public static String length(String symbol) {
        String name = identifier(symbol);
        boolean isOfBlocks = name.equals("full") || name.endsWith("From") || name.endsWith("To");
        return isOfBlocks ? name + "_" : name;
    }

    /** {@code text} with all characters replaced that an identifier cannot have, and distinct from reserved names. */
    public static String identifier(String text) {
        String name = text.replaceAll("[^A-Za-z0-9_]", "_");
        return SourceVersion.isName(name) && !RESERVED.contains(name) ? name : "_" + name;
    }
}
