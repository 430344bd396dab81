package heddle.dsl;

import java.util.List;
import java.util.Random;

/** Writes programs that parse, of every construct, with spaces, line breaks and comments strewn where they may stand. */
public final class RandomProgram {
    private static final List<String> NAMES =
            List.of("x", "hidden", "q", "weight", "input", "long_name_of_a_value", "B");
    private static final List<String> OPERATORS = List.of("+", "-", "*", "/", "div", "%", "@", "**", "and", "or");
    private static final List<String> COMPARISONS = List.of("==", "!=", "<", "<=", ">", ">=");

    private final Random random;
    private final StringBuilder text = new StringBuilder();
    private int brackets;
    private int comments;

    private RandomProgram(long seed) {
        random = new Random(seed);
    }

    public static String of(long seed) {
        RandomProgram program = new RandomProgram(seed);
        program.statements(1 + program.random.nextInt(6), 2, true);
        return program.text.toString();
    }

    private void statements(int count, int depth, boolean top) {
        for (int i = 0; i < count; i++) {
            while (chance(4)) {
                text.append(comment()).append(chance(3) ? "\n\n" : "\n");
            }
            statement(depth, top);
            text.append(chance(5) ? " " + comment() : "").append(chance(6) ? "\n\n\n" : chance(8) ? " ; \n" : "\n");
        }
    }

    private void statement(int depth, boolean top) {
        switch (random.nextInt(top ? 9 : depth > 0 ? 6 : 3)) {
            case 0 -> {
                put("let");
                binding();
            }
            case 1 -> {
                put("let");
                binding();
                put(",");
                binding();
            }
            case 2 -> assign();
            case 3 -> {
                put("for", "l", "in", "0", "..");
                expr(1);
                block(depth - 1);
            }
            case 4 -> {
                put("if");
                expr(2);
                block(depth - 1);
            }
            case 5 -> {
                put("if");
                expr(1);
                block(depth - 1);
                put("else", "if");
                expr(1);
                block(depth - 1);
                put("else");
                block(depth - 1);
            }
            case 6 -> function(depth);
            case 7 -> {
                put("output", name());
                if (chance(2)) {
                    put(":");
                    type(1);
                }
                put("=");
                expr(4);
            }
            default -> {
                put("input", name(), ":");
                type(1);
            }
        }
    }

    private void assign() {
        put("y");
        put("=");
        expr(4);
    }

    private void binding() {
        put(name());
        if (chance(4)) {
            put(",", name());
        }
        put("=");
        expr(4);
    }

    private void function(int depth) {
        put("fn", "f");
        open("(");
        for (int i = random.nextInt(4); i > 0; i--) {
            put("p" + i);
            if (chance(3)) {
                put(":");
                type(1);
            }
            if (chance(3)) {
                put("=");
                expr(1);
            }
            put(i > 1 || chance(3) ? "," : "");
        }
        close(")");
        if (chance(2)) {
            put("=");
            expr(4);
        } else {
            block(depth);
        }
    }

    private void block(int depth) {
        put("{");
        if (chance(3)) {
            assign();
        } else {
            text.append(chance(3) ? comment() : "").append('\n');
            statements(random.nextInt(3), depth, false);
            text.append(chance(4) ? comment() + "\n" : "");
        }
        put("}");
    }

    private void type(int depth) {
        put("f32");
        if (chance(2)) {
            open("[");
            elements(depth);
            close("]");
        }
    }

    private void elements(int depth) {
        for (int i = random.nextInt(4); i > 0; i--) {
            expr(depth);
            put(i > 1 || chance(3) ? "," : "");
        }
    }

    private void expr(int depth) {
        if (depth == 0) {
            put(List.of("1", "2_000", "1.5e-3", "inf", "true", "\"a{l}\\n\"", name(), name())
                    .get(random.nextInt(8)));
            return;
        }
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> {
                expr(depth - 1);
                put(OPERATORS.get(random.nextInt(OPERATORS.size())));
                expr(depth - 1);
            }
            case 3 -> {
                open("(");
                expr(depth - 1);
                put(COMPARISONS.get(random.nextInt(COMPARISONS.size())));
                expr(0);
                close(")");
            }
            case 4 -> {
                put(chance(2) ? "-" : "not");
                expr(depth - 1);
            }
            case 5, 6 -> call(depth);
            case 7 -> {
                open("[");
                elements(depth - 1);
                close("]");
            }
            case 8 -> subscripts(depth);
            case 9 -> {
                put("weight", "\"layer.{l}.w\"", ":");
                type(depth - 1);
                if (chance(3)) {
                    put("=", "normal");
                    open("(");
                    expr(depth - 1);
                    close(")");
                }
            }
            case 10 -> {
                put("if");
                expr(depth - 1);
                put("then");
                expr(depth - 1);
                put("else");
                expr(depth - 1);
            }
            default -> expr(0);
        }
    }

    private void call(int depth) {
        put("softmax");
        open("(");
        for (int i = random.nextInt(4); i > 0; i--) {
            if (chance(3)) {
                put("axis", "=");
            }
            expr(depth - 1);
            put(i > 1 || chance(3) ? "," : "");
        }
        close(")");
    }

    private void subscripts(int depth) {
        put("x");
        open("[");
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            switch (random.nextInt(4)) {
                case 0 -> put("...");
                case 1 -> put("new");
                case 2 -> {
                    expr(random.nextInt(depth));
                    put(":");
                    if (chance(2)) {
                        expr(0);
                        put(":");
                    }
                }
                default -> expr(depth - 1);
            }
            put(i > 1 || chance(3) ? "," : "");
        }
        close("]");
    }

    private void open(String bracket) {
        put(bracket);
        brackets++;
    }

    private void close(String bracket) {
        brackets--;
        put(bracket);
    }

    /** Writes tokens, each with white space after it: between brackets of any kind, elsewhere on the line only. */
    private void put(String... tokens) {
        for (String token : tokens) {
            text.append(token).append(brackets > 0 ? gap() : " ");
        }
    }

    private String gap() {
        return switch (random.nextInt(40)) {
            case 0 -> "\n";
            case 1 -> "\n\n  ";
            case 2 -> " " + comment() + "\n";
            case 3 -> "\n  " + comment() + "\n\t";
            default -> " ";
        };
    }

    private String comment() {
        return "// note " + comments++;
    }

    private String name() {
        return NAMES.get(random.nextInt(NAMES.size()));
    }

    private boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }
}
