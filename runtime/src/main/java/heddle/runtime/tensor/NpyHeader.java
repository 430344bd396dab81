package heddle.runtime.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The header of an {@code .npy} file, a Python dictionary with exactly these keys: {@code {'descr': '<f4',
 * 'fortran_order': False, 'shape': (3, 4), }}.
 *
 * @param descr   byte order ({@code <}, {@code >}, {@code =} or {@code |}), kind and bytes an element
 * @param fortran whether elements along the first axis are neighbours
 * @see <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">numpy.lib.format</a>
 */
record NpyHeader(String descr, boolean fortran, List<Long> shape) {
    NpyHeader {
        shape = List.copyOf(shape);
    }

    /** Reads a header. @throws IllegalArgumentException that says what is wrong with it */
    static NpyHeader parse(String text) {
        return new Parser(text).header();
    }

    @Override
    public String toString() {
        String dims = String.join(", ", shape.stream().map(String::valueOf).toList()) + (shape.size() == 1 ? "," : "");
        return "{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': (" + dims
                + "), }";
    }

    /** A reader of that one dictionary. */
    private static final class Parser {
        private final String text;
        private int at;

        Parser(String text) {
            this.text = text;
        }

        NpyHeader header() {
            String descr = "";
            boolean fortran = false;
            List<Long> shape = List.of();
            Set<String> keys = new TreeSet<>();
            expect('{');
            while (!accept('}')) {
                String key = string();
                if (!keys.add(key)) {
                    throw new IllegalArgumentException("the key '" + key + "' is there twice");
                }
                expect(':');
                switch (key) {
                    case "descr" -> descr = string();
                    case "fortran_order" -> fortran = bool();
                    case "shape" -> shape = tuple();
                    default -> throw new IllegalArgumentException("the key '" + key + "' is not one of the format's");
                }
                if (!accept(',')) {
                    expect('}');
                    break;
                }
            }
            skipSpace();
            if (at < text.length()) {
                throw new IllegalArgumentException("something follows the dictionary");
            }
            if (keys.size() != 3) {
                throw new IllegalArgumentException("keys are missing: there are only " + keys);
            }
            return new NpyHeader(descr, fortran, shape);
        }

        private List<Long> tuple() {
            List<Long> dims = new ArrayList<>();
            expect('(');
            while (!accept(')')) {
                dims.add(number());
                if (!accept(',')) {
                    expect(')');
                    break;
                }
            }
            return dims;
        }

        private long number() {
            skipSpace();
            int start = at;
            while (at < text.length() && Character.isDigit(text.charAt(at))) {
                at++;
            }
            String digits = text.substring(start, at);
            accept('L'); // Python 2 wrote long integers so
            try {
                return Long.parseLong(digits);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("'" + digits + "' is not a length", e);
            }
        }

        private boolean bool() {
            skipSpace();
            for (boolean value : new boolean[] {true, false}) {
                String word = value ? "True" : "False";
                if (text.startsWith(word, at)) {
                    at += word.length();
                    return value;
                }
            }
            throw unexpected("True or False");
        }

        private String string() {
            skipSpace();
            char quote = at < text.length() ? text.charAt(at) : ' ';
            int end = text.indexOf(quote, at + 1);
            if ((quote != '\'' && quote != '"') || end < 0) {
                throw unexpected("a string");
            }
            String value = text.substring(at + 1, end);
            at = end + 1;
            return value;
        }

        private void expect(char c) {
            if (!accept(c)) {
                throw unexpected("'" + c + "'");
            }
        }

        private boolean accept(char c) {
            skipSpace();
            boolean there = at < text.length() && text.charAt(at) == c;
            at += there ? 1 : 0;
            return there;
        }

        private void skipSpace() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
        }

        private IllegalArgumentException unexpected(String wanted) {
            return new IllegalArgumentException("the header has no " + wanted + " at character " + (at + 1));
        }
    }
}
