package heddle.tests.tornado;

import heddle.runtime.code.JavaCompilation;
import heddle.runtime.code.SourceUnit;
import java.util.List;
import java.util.Map;

/** Compiles the text of one Java file in memory, with all debugging information, as TornadoVM asks for. */
final class MemoryCompiler {
    private MemoryCompiler() {}

    /** The class files by binary name; a failure holds javac's messages and the text. */
    static Map<String, byte[]> compile(String className, String text, String classPath) {
        List<String> options = List.of("-g", "-proc:none", "-Xlint:none", "-classpath", classPath);
        return JavaCompilation.compile(new SourceUnit(className, text, options));
    }
}
