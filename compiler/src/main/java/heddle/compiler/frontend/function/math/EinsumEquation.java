package heddle.compiler.frontend.function.math;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Operand;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import java.util.Arrays;
import java.util.List;

/** The equation of an einsum, parsed. */
record EinsumEquation(List<String> operands, String result, Operand source) {
    static EinsumEquation parse(Arguments a) {
        String text = a.known("equation").text().replace(" ", "");
        Operand source = a.operand("equation");
        int arrow = text.indexOf("->");
        List<String> operands = Arrays.asList((arrow < 0 ? text : text.substring(0, arrow)).split(",", -1));
        String result = arrow < 0 ? implied(String.join("", operands)) : text.substring(arrow + 2);
        EinsumEquation e = new EinsumEquation(operands, result, source);
        e.check();
        return e;
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
        String all = String.join("", operands);
        result.chars().filter(c -> all.indexOf(c) < 0).findFirst().ifPresent(c -> {
            throw wrong("no operand has the letter " + (char) c + " of the result");
        });
    }

    private void checkLetters(String letters) {
        if (!letters.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) {
            throw wrong("\"" + letters + "\" is not made of letters, one for each axis");
        }
        if (distinct(letters).length() != letters.length()) {
            throw wrong("\"" + letters + "\" has a letter twice; diagonals cannot be written");
        }
    }

    static String distinct(String letters) {
        return letters.chars()
                .distinct()
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
