package heddle.dsl.parse;

import heddle.dsl.parse.grammar.HeddleParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.misc.IntervalSet;

/** What the grammar would have accepted at a place, in words. */
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

    private static final Set<Integer> CONTINUES_EXPRESSION = Set.of(
            HeddleParser.PLUS,
            HeddleParser.MINUS,
            HeddleParser.STAR,
            HeddleParser.SLASH,
            HeddleParser.DIV,
            HeddleParser.PERCENT,
            HeddleParser.AT,
            HeddleParser.POWER,
            HeddleParser.EQ,
            HeddleParser.NE,
            HeddleParser.LT,
            HeddleParser.LE,
            HeddleParser.GT,
            HeddleParser.GE,
            HeddleParser.AND,
            HeddleParser.OR,
            HeddleParser.LBRACKET,
            HeddleParser.LPAREN);

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

    /** Whether {@code type} is a word that is never a name. */
    static boolean reserved(int type) {
        String literal = HeddleParser.VOCABULARY.getLiteralName(type);
        return literal != null && Character.isLetter(literal.charAt(1));
    }

    static boolean startsExpression(int type) {
        return STARTS_EXPRESSION.contains(type);
    }

    static Expectation of(IntervalSet expected) {
        return new Expectation(new TreeSet<>(expected.toSet()));
    }

    boolean has(int type) {
        return types.contains(type);
    }

    /** An expression may begin here. */
    boolean expression() {
        return types.containsAll(STARTS_EXPRESSION);
    }

    /** An expression has just ended here and may go on. */
    boolean operator() {
        return has(HeddleParser.PLUS) && has(HeddleParser.POWER);
    }

    boolean statement() {
        return types.containsAll(STARTS_STATEMENT);
    }

    /** A name and nothing like it may stand here. */
    boolean onlyName() {
        return has(HeddleParser.NAME) && !expression() && !statement();
    }

    /** The text of a keyword or sign. */
    static String sign(int type) {
        return HeddleParser.VOCABULARY.getLiteralName(type).replace("'", "");
    }

    /** For example {@code an expression or `)`}. */
    String inWords() {
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
        if (operator()) {
            rest.removeAll(CONTINUES_EXPRESSION);
        }
        boolean end = rest.remove(HeddleParser.END);
        rest.forEach(type -> words.add(word(type)));
        if (end) {
            words.add("the end of the statement");
        }
        if (words.isEmpty()) {
            words.add("an operator");
        }
        return words.size() == 1
                ? words.getFirst()
                : String.join(", ", words.subList(0, words.size() - 1)) + " or " + words.getLast();
    }

    private static String word(int type) {
        return switch (type) {
            case HeddleParser.NAME -> "a name";
            case HeddleParser.STRING -> "a string";
            default -> "`" + sign(type) + "`";
        };
    }
}
