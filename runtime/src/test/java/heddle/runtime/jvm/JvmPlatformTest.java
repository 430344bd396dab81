package heddle.runtime.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.code.JavaCompilation;
import heddle.runtime.code.SourceUnit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is said in JVMs that lack a part; each is started for its test. */
class JvmPlatformTest {
    /** Prints the code and the hint of what keeps the target from being used. */
    static final class Probe {
        public static void main(String[] args) {
            try {
                if (args[0].equals("target")) {
                    JvmPlatform.target(1);
                } else {
                    JavaCompilation.compile(new SourceUnit("A", "class A {}", List.of()));
                }
                System.out.println("nothing");
            } catch (DiagnosticException e) {
                var d = e.diagnostics().getFirst();
                System.out.println(d.code().id() + " " + d.hint().orElseThrow());
            }
        }
    }

    private static String probe(String what, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Probe.class.getName(), what));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor());
        return output.strip();
    }

    @Test
    void namesTheOptionWhenTheVectorModuleIsNotLoaded() throws Exception {
        String said = probe("target");
        assertTrue(said.startsWith("H0901") && said.contains("--add-modules jdk.incubator.vector"), said);
    }

    @Test
    void asksForAJdkWhenThereIsNoCompiler() throws Exception {
        String said = probe("compiler", "--limit-modules", "java.base,java.compiler,java.logging");
        assertTrue(said.startsWith("H0902") && said.contains("JDK"), said);
    }

    @Test
    void hasTheLanesOfThisMachine() {
        int lanes = JvmPlatform.target(1).lanes();
        assertTrue(lanes == 4 || lanes == 8 || lanes == 16, "lanes " + lanes);
    }
}
