package heddle.runtime.onnx.source.structure;

import heddle.compiler.frontend.Catalogue;
import heddle.dsl.parse.Keywords;
import heddle.runtime.onnx.source.Value;
import heddle.runtime.onnx.source.structure.step.Sums;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Chooses names that are not taken. */
public final class Naming {
    private static final List<String> LETTERS = List.of("x", "y", "z");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final int LONGEST = 24;
    private static final int MANY = 64;
    private static final Set<String> WORDS = words();

    private final Set<String> taken;
    private final Map<Value, String> values = new HashMap<>();
    private final Map<String, String> marked = new HashMap<>();

    private static Set<String> words() {
        Set<String> words = new HashSet<>(Keywords.all());
        words.addAll(Catalogue.names());
        words.addAll(List.of("f32", "f64", "f16", "bf16", "i32", "i64", "bool"));
        return words;
    }

    /** For names that are very often taken: the number to try next, so that not all are tried again. */
    private final Map<String, Integer> next = new HashMap<>();

    /** @param taken names that nothing else may have here */
    public Naming(Set<String> taken) {
        this.taken = new HashSet<>(taken);
    }

    /** The names of a block within, which may not hide these. */
    public Naming within() {
        Naming inner = new Naming(taken);
        inner.marked.putAll(marked);
        return inner;
    }

    Set<String> taken() {
        return taken;
    }

    /** A name like the hint that is not taken, and is from now on. */
    public String fresh(String hint) {
        return take(free(valid(hint)));
    }

    /** A name like that of something outside, which may be long. */
    public String like(String outside) {
        return take(free(isName(outside) ? outside : valid(outside, 4 * LONGEST)));
    }

    private String take(String name) {
        taken.add(name);
        return name;
    }

    /** The name itself where it is one that is not taken, for what others call by it; else one like it. */
    String keep(String name) {
        return isName(name) && taken.add(name) ? name : fresh(name);
    }

    /** The name may be had again: nothing behind sees what had it. */
    public void release(String name) {
        taken.remove(name);
    }

    private String free(String name) {
        if (LETTERS.contains(name)) {
            for (String letter : LETTERS.subList(LETTERS.indexOf(name), LETTERS.size())) {
                if (!taken.contains(letter)) {
                    return letter;
                }
            }
        }
        String candidate = name;
        int i = 2;
        while (taken.contains(candidate) || WORDS.contains(candidate)) {
            i = i == MANY ? next.getOrDefault(name, MANY) : i;
            boolean endsWithDigit = Character.isDigit(name.charAt(name.length() - 1));
            candidate = name + (endsWithDigit ? "_" : "") + i++;
        }
        if (i > MANY) {
            next.put(name, i);
        }
        return candidate;
    }

    /** Any text as a name of the language: its letters, digits and lines, the rest lines too. */
    public static String valid(String text) {
        return valid(text, LONGEST);
    }

    /** @param longest more characters than that are cut off */
    public static String valid(String text, int longest) {
        String name = text.replaceAll("[^A-Za-z0-9]+", "_").replaceAll("^_+|_+$", "");
        if (name.length() > longest) {
            name = name.substring(0, longest).replaceAll("_+$", "");
        }
        if (name.isEmpty()) {
            return "x";
        }
        return Character.isDigit(name.charAt(0)) ? "n" + name : name;
    }

    /** Whether a text is a name of the language and no word of it. */
    static boolean isName(String text) {
        return NAME.matcher(text).matches() && !WORDS.contains(text);
    }

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /** Names a value after its hint. */
    public String define(Value value) {
        String hint = value.name();
        String name = fresh(hint.startsWith(Sums.MARK) ? hint.replaceAll("^%|l?[0-9_]+$", "") : hint);
        give(value, name);
        return name;
    }

    public void give(Value value, String name) {
        values.put(value, name);
        if (value.name().startsWith(Sums.MARK)) {
            marked.put(value.name(), name);
        }
    }

    /** Names what is no value: a loop's variable, a parameter, a function. */
    public String define(String id, String hint) {
        String name = fresh(hint);
        marked.put(id, name);
        return name;
    }

    public void give(String id, String name) {
        marked.put(id, name);
    }

    /** @throws IllegalStateException when it is not defined here */
    public String of(Value value) {
        String name = values.get(value);
        if (name == null) {
            throw new IllegalStateException("nothing defines " + value);
        }
        return name;
    }

    /** The name that was chosen; others stay. */
    public String of(String id) {
        return marked.getOrDefault(id, id);
    }
}
