package heddle.cli;

import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;

/** What a command printed and ended with. */
record Ran(int code, String out, String err) {
    static Ran command(Object... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(
                Arrays.stream(words).map(Object::toString).toArray(String[]::new),
                InputStream.nullInputStream(),
                new PrintWriter(out),
                new PrintWriter(err));
        return new Ran(code, out.toString(), err.toString());
    }
}
