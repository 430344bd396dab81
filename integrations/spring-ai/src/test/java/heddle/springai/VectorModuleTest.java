package heddle.springai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.Configuration;

/** A Java without the Vector API cannot load it later, so the program is a process of its own. */
class VectorModuleTest {
    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(HeddleEmbeddingAutoConfiguration.class)
    static class Program {
        public static void main(String[] args) {
            SpringApplication.run(Program.class, args);
        }
    }

    @Test
    void withoutTheModuleTheStartSaysHowToHaveIt() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName()))
                .redirectErrorStream(true)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(1, process.waitFor(), out);
        assertTrue(out.contains("APPLICATION FAILED TO START"), out);
        assertTrue(out.contains("without the module jdk.incubator.vector"), out);
        assertTrue(out.contains("--add-modules jdk.incubator.vector"), out);
        assertTrue(out.contains("spring.ai.model.embedding"), out);
        assertFalse(out.contains("\tat heddle"), out);
    }
}
