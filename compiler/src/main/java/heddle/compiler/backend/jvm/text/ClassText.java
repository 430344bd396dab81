package heddle.compiler.backend.jvm.text;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.emit.Names;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Collects the members of the class that is being written. */
public final class ClassText {
    private final Names names = new Names();
    private final List<JavaText> methods = new ArrayList<>();
    private final Map<Object, Shared> shared = new HashMap<>();

    /** What is being written, the innermost first. */
    private final Deque<Object> subjects = new ArrayDeque<>();

    private final Set<Support> support = EnumSet.noneOf(Support.class);
    private final SortedMap<String, String> constants = new TreeMap<>();

    /** A method, with those that were written for it alone. */
    private record Shared(String name, List<JavaText> methods) {}

    public ClassText() {
        for (String reserved : List.of("run", "blocks")) {
            names.unique(reserved);
        }
        for (Support s : Support.values()) {
            names.unique(s.methodName());
        }
    }

    /** A name for a new method. */
    public String methodName(String wish) {
        return names.unique(wish);
    }

    private String constant(String type, String name, String value) {
        constants.put(name, type + " " + name + " = " + value);
        return name;
    }

    /** The constant by which vectors are rearranged so that each lane holds what the one {@code by} lanes on did. */
    public String turn(Lanes lanes, int by) {
        return shuffle(lanes, "TURN" + by, "iota(" + lanes.species() + ", " + by + ", 1, true)");
    }

    /** The constant by which vectors are rearranged so that each lane holds what the one across {@code half} lanes did. */
    public String swap(Lanes lanes, int half) {
        return shuffle(lanes, "SWAP" + half, "fromOp(" + lanes.species() + ", lane -> lane ^ " + half + ")");
    }

    /** The constant by which two vectors become one: the even lanes of both, in order, or with {@code part} of one the odd ones. */
    public String unzip(Lanes lanes, int part) {
        return shuffle(lanes, "UNZIP" + part, "makeUnzip(" + lanes.species() + ", " + part + ")");
    }

    /** The constant by which two vectors become one: lanes of both by turns, from their lower halves, or with {@code part} of one the upper. */
    public String zip(Lanes lanes, int part) {
        return shuffle(lanes, "ZIP" + part, "makeZip(" + lanes.species() + ", " + part + ")");
    }

    private String shuffle(Lanes lanes, String name, String made) {
        return constant("VectorShuffle<" + lanes.boxed() + ">", lanes.species() + "_" + name, "VectorShuffle." + made);
    }

    /** The constant mask of lanes. */
    public String mask(Lanes lanes, LongPredicate isSet) {
        long bits = LongStream.range(0, lanes.count())
                .filter(isSet)
                .map(lane -> 1L << lane)
                .sum();
        return constant(
                lanes.mask(),
                lanes.species().replace('.', '_') + "_LANES"
                        + Long.toHexString(bits).toUpperCase(Locale.ROOT),
                "VectorMask.fromLong(" + lanes.species() + ", " + bits + "L)");
    }

    /** The constant by which each lane shifts the word with its four bits, so that they are at the top. */
    String nibbles(Lanes lanes) {
        String shifts = IntStream.range(0, lanes.count())
                .mapToObj(lane -> String.valueOf(28 - lane % 8 * 4))
                .collect(Collectors.joining(", "));
        return constant("IntVector", "I_NIBBLES", "IntVector.fromArray(I, new int[] {" + shifts + "}, 0)");
    }

    /** The constant mask of the upper half of the lanes, for vectors of integers. */
    String upperHalf(Lanes lanes) {
        long bits = (1L << lanes.count()) - (1L << lanes.count() / 2);
        return constant("VectorMask<Integer>", "I_UPPER", "VectorMask.fromLong(I, " + bits + "L)");
    }

    /** The constant that reads words of 32 bits from arrays of bytes. */
    String words() {
        return constant(
                "java.lang.invoke.VarHandle",
                "WORDS",
                "java.lang.invoke.MethodHandles.byteArrayViewVarHandle("
                        + "int[].class, java.nio.ByteOrder.LITTLE_ENDIAN)");
    }

    /** The declarations of the constants that the methods read, without modifiers. */
    public Collection<String> constants() {
        return constants.values();
    }

    /** A new method's text, placed after those begun before. */
    public JavaText method() {
        JavaText text = new JavaText(1);
        methods.add(text);
        return text;
    }

    /** The scalar functions that the methods call; writers add to it. */
    public Set<Support> support() {
        return support;
    }

    /** Writes methods, and notes what they are about. */
    public void about(Object subject, Runnable write) {
        int before = methods.size();
        subjects.push(subject);
        write.run();
        subjects.pop();
        methods.subList(before, methods.size()).forEach(m -> m.allAbout(subject));
    }

    /** A method that several kernels may call, which is written the first time. It is about all that call it. */
    public String shared(Object form, Supplier<String> write) {
        Shared known = shared.get(form);
        if (known != null) {
            known.methods.forEach(method -> subjects.forEach(method::allAbout));
            return known.name;
        }
        int before = methods.size();
        String name = write.get();
        shared.put(form, new Shared(name, List.copyOf(methods.subList(before, methods.size()))));
        return name;
    }

    /** The same for a private method. @param body what it does */
    public String shared(
            Object form, String wish, String comment, String returns, String parameters, Consumer<JavaText> body) {
        return shared(form, () -> method(methodName(wish), comment, returns, parameters, body));
    }

    /** Writes a private method. */
    public String method(String name, String comment, String returns, String parameters, Consumer<JavaText> body) {
        JavaText out = method();
        out.line("/** " + comment + " */");
        out.open("private static " + returns + " " + name + "(" + parameters + ")");
        body.accept(out);
        out.close();
        return name;
    }

    public List<JavaText> methods() {
        return methods;
    }
}
