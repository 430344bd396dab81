package heddle.compiler.frontend.function.math;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Operand;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/** The equation of an einsum, parsed. */
record EinsumEquation(List<String> operands, String result, Operand source) {
    /** What stands for the axes that no letter names. */
    private static final String OTHERS = "...";

    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    static EinsumEquation parse(Arguments a) {
        String text = a.known("equation").text().replace(" ", "");
        Operand source = a.operand("equation");
        int arrow = text.indexOf("->");
        List<String> operands = Arrays.asList((arrow < 0 ? text : text.substring(0, arrow)).split(",", -1));
        String others = operands.stream().anyMatch(o -> o.contains(OTHERS)) ? OTHERS : "";
        String letters = String.join("", operands).replace(OTHERS, "");
        String result = arrow < 0 ? others + implied(letters) : text.substring(arrow + 2);
        EinsumEquation e = new EinsumEquation(operands, result, source);
        e.check();
        return e;
    }

    /**
     * The equation with letters for the axes that {@code ...} stands for. They are aligned at the last, as in broadcasting.
     *
     * @param ranks of the operands
     */
    EinsumEquation spelledOut(List<Integer> ranks) {
        StringBuilder free = new StringBuilder();
        String used = String.join("", operands) + result;
        LETTERS.chars().filter(c -> used.indexOf(c) < 0).forEach(free::appendCodePoint);
        List<String> spelled = new ArrayList<>();
        int most = 0;
        for (int i = 0; i < operands.size(); i++) {
            String operand = operands.get(i);
            int others = operand.contains(OTHERS) ? ranks.get(i) - (operand.length() - OTHERS.length()) : 0;
            if (others < 0 || others > free.length()) {
                throw wrong("\"" + operand + "\" does not name the axes of a tensor of rank " + ranks.get(i));
            }
            most = Math.max(most, others);
            spelled.add(operand.replace(OTHERS, free.substring(free.length() - others)));
        }
        return new EinsumEquation(spelled, result.replace(OTHERS, free.substring(free.length() - most)), source);
    }

    EinsumEquation with(List<String> letters) {
        return new EinsumEquation(letters, result, source);
    }

    /** The result of an equation without an arrow: the letters that stand once, in alphabetical order. */
    private static String implied(String letters) {
        return letters.chars()
                .filter(c -> letters.indexOf(c) == letters.lastIndexOf(c))
                .sorted()
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private void check() {
        for (String letters : operands) {
            checkLetters(letters);
        }
        checkLetters(result);
        String named = result.replace(OTHERS, "");
        if (distinct(named).length() != named.length()) {
            throw wrong("the result \"" + result + "\" has a letter twice");
        }
        String all = String.join("", operands);
        result.chars().filter(c -> all.indexOf(c) < 0).findFirst().ifPresent(c -> {
            throw wrong("no operand has the letter " + (char) c + " of the result");
        });
    }

    private void checkLetters(String letters) {
        String named = letters.replaceFirst("\\.\\.\\.", "");
        if (!named.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) {
            throw wrong("\"" + letters + "\" is not made of letters, one for each axis, and of one `...` for others");
        }
    }

    static String distinct(String letters) {
        return letters.chars()
                .distinct()
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** The letters for which a test holds, in their order. */
    static String letters(String letters, IntPredicate test) {
        return letters.chars()
                .filter(test)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** The letters that operands after number {@code operand} have. */
    String neededAfter(int operand) {
        return String.join("", operands.subList(operand + 1, operands.size()));
    }

    DiagnosticException wrong(String why) {
        return new DiagnosticException(
                diagnostic(why).hint("an equation looks like \"bhid,bhjd->bhij\": operands, an arrow, the result"));
    }

    Diagnostic diagnostic(String why) {
        return Diagnostic.at(source.span(), FrontendCode.EINSUM, "the equation does not fit: " + why);
    }
}
