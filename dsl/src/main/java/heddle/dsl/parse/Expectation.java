package heddle.dsl.parse;

import heddle.dsl.parse.grammar.HeddleParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.misc.IntervalSet;

/** Describes in words what the grammar would have accepted at a place. */
record Expectation(Set<Integer> types) {
    private static final Set<Integer> STARTS_EXPRESSION = Set.of(
            HeddleParser.INT,
            HeddleParser.FLOAT,
            HeddleParser.INF,
            HeddleParser.TRUE,
            HeddleParser.FALSE,
            HeddleParser.STRING,
            HeddleParser.NAME,
            HeddleParser.WEIGHT,
            HeddleParser.LPAREN,
            HeddleParser.LBRACKET,
            HeddleParser.MINUS,
            HeddleParser.NOT,
            HeddleParser.IF);

    private static final Set<Integer> ENDS_OPERAND = Set.of(
            HeddleParser.INT,
            HeddleParser.FLOAT,
            HeddleParser.INF,
            HeddleParser.TRUE,
            HeddleParser.FALSE,
            HeddleParser.STRING,
            HeddleParser.NAME,
            HeddleParser.RPAREN,
            HeddleParser.RBRACKET);

    private static final Set<Integer> STARTS_STATEMENT = Set.of(
            HeddleParser.MODEL,
            HeddleParser.IMPORT,
            HeddleParser.DIM,
            HeddleParser.INPUT,
            HeddleParser.OUTPUT,
            HeddleParser.FN,
            HeddleParser.LET,
            HeddleParser.FOR,
            HeddleParser.IF,
            HeddleParser.RETURN,
            HeddleParser.NAME);

    static Expectation of(IntervalSet expected) {
        return new Expectation(new TreeSet<>(expected.toSet()));
    }

    /** Whether {@code type} is a word that is never a name. */
    static boolean reserved(int type) {
        String literal = HeddleParser.VOCABULARY.getLiteralName(type);
        return literal != null && Character.isLetter(literal.charAt(1));
    }

    static boolean startsExpression(int type) {
        return STARTS_EXPRESSION.contains(type);
    }

    static boolean endsOperand(int type) {
        return ENDS_OPERAND.contains(type);
    }

    /** The text of a keyword or sign. */
    static String sign(int type) {
        return HeddleParser.VOCABULARY.getLiteralName(type).replace("'", "");
    }

    boolean has(int type) {
        return types.contains(type);
    }

    boolean only(int type) {
        return types.equals(Set.of(type));
    }

    /** An expression may begin here. */
    boolean expression() {
        return types.containsAll(STARTS_EXPRESSION);
    }

    boolean statement() {
        return types.containsAll(STARTS_STATEMENT);
    }

    /** A name and nothing like it may stand here. */
    boolean onlyName() {
        return has(HeddleParser.NAME) && !expression() && !statement() && !length();
    }

    /** A number may stand here, and before it the word that says what a length typically is. */
    private boolean length() {
        return has(HeddleParser.NAME) && has(HeddleParser.INT) && !expression();
    }

    /**
     * For example {@code an expression or `)`}.
     *
     * @param afterOperand whether an expression has just ended, so that an operator could continue it
     */
    String inWords(boolean afterOperand) {
        Set<Integer> rest = new TreeSet<>(types);
        rest.remove(Token.EPSILON);
        rest.remove(Token.EOF);
        List<String> words = new ArrayList<>();
        if (statement()) {
            rest.removeAll(STARTS_STATEMENT);
            words.add("a statement");
        } else if (expression()) {
            rest.removeAll(STARTS_EXPRESSION);
            words.add("an expression");
        }
        if (length()) {
            rest.removeAll(Set.of(HeddleParser.NAME, HeddleParser.INT));
            words.add("`typical` and a whole number");
        }
        boolean end = rest.remove(HeddleParser.END);
        boolean comma = rest.remove(HeddleParser.COMMA);
        if (afterOperand && end) {
            words.add("an operator");
        } else if (comma) {
            words.add("`,`");
        }
        rest.forEach(type -> words.add(word(type)));
        if (end) {
            words.add("the end of the statement");
        }
        int last = words.size() - 1;
        return last == 0 ? words.getFirst() : String.join(", ", words.subList(0, last)) + " or " + words.get(last);
    }

    private static String word(int type) {
        return switch (type) {
            case HeddleParser.NAME -> "a name";
            case HeddleParser.STRING -> "a string";
            case HeddleParser.INT -> "a whole number";
            case HeddleParser.FLOAT -> "a number";
            default -> "`" + sign(type) + "`";
        };
    }
}
