package heddle.compiler.backend.tornado;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/**
 * The lengths among the arguments of a task: one by one, or two in a {@code long}, where the task would have more arguments than
 * TornadoVM knows functions for.
 *
 * @param symbols sorted
 */
public record LengthArguments(List<String> symbols, boolean isPaired) {
    /** The most arguments of a task, its context among them. */
    static final int MOST = 15;

    public LengthArguments {
        symbols = List.copyOf(symbols);
    }

    /**
     * The lengths of a kernel.
     *
     * @param arrays how many arrays it takes
     */
    static LengthArguments of(List<String> symbols, int arrays) {
        return new LengthArguments(symbols, 1 + arrays + symbols.size() > MOST);
    }

    /** How many arguments they are. */
    public int count() {
        return isPaired ? Math.ceilDiv(symbols.size(), 2) : symbols.size();
    }

    /** The arguments of a call. */
    public List<String> passed() {
        return each(
                symbol -> Lengths.variable(symbol),
                (a, b) -> "(long) " + Lengths.variable(a) + " << 32 | " + Lengths.variable(b));
    }

    /** The parameters of the method. @param fresh gives names that nothing else has */
    List<String> parameters(UnaryOperator<String> fresh) {
        return each(symbol -> "int " + Lengths.variable(symbol), (a, b) -> "long " + pair(a, b, fresh));
    }

    /** The lines that take the lengths out of the pairs. @param name of the pair of two lengths */
    List<String> unpacked(UnaryOperator<String> name) {
        List<String> lines = new ArrayList<>();
        each(symbol -> "", (a, b) -> {
            String pair = pair(a, b, name);
            lines.add("int " + Lengths.variable(a) + " = (int) (" + pair + " >> 32);");
            lines.add("int " + Lengths.variable(b) + " = (int) (" + pair + " & 0x7FFFFFFFL);");
            return "";
        });
        return lines;
    }

    private static String pair(String a, String b, UnaryOperator<String> name) {
        return name.apply(Lengths.variable(a) + "_and_" + Lengths.variable(b));
    }

    private List<String> each(UnaryOperator<String> alone, BinaryOperator<String> pair) {
        List<String> all = new ArrayList<>();
        int paired = isPaired ? symbols.size() / 2 * 2 : 0;
        for (int i = 0; i < paired; i += 2) {
            all.add(pair.apply(symbols.get(i), symbols.get(i + 1)));
        }
        symbols.subList(paired, symbols.size()).forEach(symbol -> all.add(alone.apply(symbol)));
        return all;
    }
}
