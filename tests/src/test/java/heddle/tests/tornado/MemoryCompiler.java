package heddle.tests.tornado;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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

/** Compiles the text of one Java file in memory, with all debugging information, as TornadoVM asks for. */
final class MemoryCompiler {
    private MemoryCompiler() {}

    /** The class files by binary name; a failure holds javac's messages and the text. */
    static Map<String, byte[]> compile(String className, String text, String classPath) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        List<String> options = new ArrayList<>(List.of("-g", "-proc:none", "-Xlint:none", "-classpath", classPath));
        try (Classes classes = new Classes(compiler.getStandardFileManager(problems, null, StandardCharsets.UTF_8))) {
            JavaFileObject source = new Source(className, text);
            if (!compiler.getTask(null, classes, problems, options, null, List.of(source))
                    .call()) {
                throw new AssertionError(problems.getDiagnostics() + "\n" + text);
            }
            return classes.bytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String className, String text) {
            super(URI.create("memory:///" + className + Kind.SOURCE.extension), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    private static final class Classes extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> written = new TreeMap<>();

        Classes(JavaFileManager files) {
            super(files);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("memory:///" + className + kind.extension), kind) {
                @Override
                public OutputStream openOutputStream() {
                    return written.computeIfAbsent(className, name -> new ByteArrayOutputStream());
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
