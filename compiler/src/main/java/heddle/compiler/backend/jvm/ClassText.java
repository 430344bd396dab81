package heddle.compiler.backend.jvm;

import heddle.compiler.backend.source.JavaText;
import heddle.compiler.backend.source.Names;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Collects the members of the class that is being written. */
final class ClassText {
    private final Names names = new Names();
    private final List<JavaText> methods = new ArrayList<>();
    private final Set<Support> support = EnumSet.noneOf(Support.class);
    private final SortedMap<String, String> turns = new TreeMap<>();
    private final ProductMethods products;

    ClassText(JvmTarget target) {
        products = new ProductMethods(target, this);
        for (String reserved : List.of("run", "blocks")) {
            names.unique(reserved);
        }
        for (Support s : Support.values()) {
            names.unique(s.methodName());
        }
    }

    /** A name for a new method. */
    String methodName(String wish) {
        return names.unique(wish);
    }

    /** The methods that multiply tiles. */
    ProductMethods products() {
        return products;
    }

    /** The constant by which vectors are rearranged so that each lane holds what the one {@code by} lanes on did. */
    String turn(Lanes lanes, int by) {
        String name = lanes.species() + "_TURN" + by;
        turns.put(
                name,
                "VectorShuffle<" + lanes.boxed() + "> " + name + " = VectorShuffle.iota(" + lanes.species() + ", " + by
                        + ", 1, true)");
        return name;
    }

    /** The declarations of the constants that the methods read, without modifiers. */
    Collection<String> constants() {
        return turns.values();
    }

    /** A new method's text, placed after those begun before. */
    JavaText method() {
        JavaText text = new JavaText(1);
        methods.add(text);
        return text;
    }

    /** The scalar functions that the methods call; writers add to it. */
    Set<Support> support() {
        return support;
    }

    List<JavaText> methods() {
        return methods;
    }
}
