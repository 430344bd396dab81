package heddle.runtime.code;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles generated Java in memory, with the compiler of the running JDK. */
public final class JavaCompilation {
    /** What javac calls a method of more than 64 KiB. */
    private static final String TOO_LARGE = "compiler.err.limit.code";

    private JavaCompilation() {}

    /**
     * The class files of a source, by binary name.
     *
     * @throws DiagnosticException   when this Java has no compiler
     * @throws CodeTooLarge          when a method has more code than a class file can hold
     * @throws IllegalStateException when the source does not compile, which is a bug in the writer
     */
    public static Map<String, byte[]> compile(SourceUnit source) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new DiagnosticException(
                    Diagnostic.of(RuntimeCode.COMPILER, "the module jdk.compiler is not in this Java installation")
                            .note("Heddle compiles models to Java and needs javac at run time; java.home is "
                                    + System.getProperty("java.home"))
                            .hint("run Heddle on a JDK rather than a JRE"));
        }
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        StringWriter messages = new StringWriter();
        try (Classes classes = new Classes(compiler.getStandardFileManager(problems, null, StandardCharsets.UTF_8))) {
            boolean done = compiler.getTask(
                            messages, classes, problems, source.options(), null, List.of(new Source(source)))
                    .call();
            if (!done && problems.getDiagnostics().stream().anyMatch(p -> TOO_LARGE.equals(p.getCode()))) {
                throw new CodeTooLarge();
            }
            if (!done) {
                throw new IllegalStateException("generated Java does not compile: " + problems.getDiagnostics()
                        + messages + "\n" + source.text());
            }
            return classes.bytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(SourceUnit source) {
            super(URI.create("heddle:///" + source.className() + Kind.SOURCE.extension), Kind.SOURCE);
            this.text = source.text();
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    /** Keeps what javac writes. */
    private static final class Classes extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> written = new TreeMap<>();

        Classes(JavaFileManager files) {
            super(files);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            written.put(className, out);
            return new SimpleJavaFileObject(URI.create("heddle:///" + className + kind.extension), kind) {
                @Override
                public OutputStream openOutputStream() {
                    return out;
                }
            };
        }

        Map<String, byte[]> bytes() {
            Map<String, byte[]> bytes = new TreeMap<>();
            written.forEach((name, out) -> bytes.put(name, out.toByteArray()));
            return bytes;
        }
    }
}
