package heddle.tests.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.KernelContext;

/** The double's signatures are those of the real API, which is read from its jar: both have the same class names. */
class ApiContractTest {
    private static final String PACKAGE = "uk/ac/manchester/tornado/api";
    private static final String CUBLAS = "uk/ac/manchester/tornado/cublas";

    @Test
    void everySignatureIsOneOfTheRealApi() throws IOException {
        Optional<Path> jar = TornadoApi.jar();
        assumeTrue(jar.isPresent(), TornadoApi.MISSING);
        assertTrue(check(PACKAGE, jar.get()) > 20, "the double has few classes");
    }

    @Test
    void everySignatureOfLibrariesIsOneOfTheRealModule() throws IOException {
        Optional<Path> jar = TornadoApi.cublasJar();
        assumeTrue(
                jar.isPresent(), "there is no tornado-cublas jar: set TORNADOVM_HOME to an SDK with the CUDA backend");
        assertEquals(2, check(CUBLAS, jar.get()));
    }

    /** Compares the double's public classes of a package, and says how many there are. */
    private static int check(String inPackage, Path jar) throws IOException {
        List<String> missing = new ArrayList<>();
        ApiClasses ours = new ApiClasses(testClasses());
        List<String> names =
                ours.names(inPackage).stream().filter(ours::isPublic).toList();
        try (FileSystem real = FileSystems.newFileSystem(jar)) {
            ApiClasses theirs = new ApiClasses(real.getPath("/"));
            for (String name : names) {
                if (!theirs.isPublic(name)) {
                    missing.add("class " + name);
                    continue;
                }
                TreeSet<String> extra = new TreeSet<>(ours.signatures(name));
                extra.removeAll(theirs.signatures(name));
                extra.forEach(signature -> missing.add(name + ": " + signature));
            }
        }
        assertEquals(List.of(), missing, "not in " + jar);
        return names.size();
    }

    @Test
    void differencesAreSeen() throws IOException {
        ApiClasses ours = new ApiClasses(testClasses());
        TreeSet<String> signatures = new TreeSet<>(ours.signatures(PACKAGE + "/TornadoExecutionPlan"));
        assertTrue(
                signatures.contains(
                        "close()V throws uk/ac/manchester/tornado/api/exceptions/TornadoExecutionPlanException"),
                () -> "signatures are " + signatures);
        assertTrue(signatures.contains("is java/lang/AutoCloseable"), () -> "signatures are " + signatures);
        assertTrue(
                ours.signatures(PACKAGE + "/enums/DataTransferMode").contains("static EVERY_EXECUTION I = 1"),
                () -> "constants have values");
    }

    @Test
    void generatedClassesCompileAgainstTheRealApiAlone() throws IOException {
        Optional<Path> jar = TornadoApi.jar();
        assumeTrue(jar.isPresent(), TornadoApi.MISSING);
        String sample = Samples.text("y.set(context.globalIdx, TornadoMath.exp(x.get(context.globalIdx)));");
        assertTrue(
                MemoryCompiler.compile("Sample", sample, jar.get().toString()).containsKey("Sample"));
    }

    private static Path testClasses() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(path -> Files.exists(path.resolve(PACKAGE).resolve("KernelContext.class")))
                .findFirst()
                .orElseThrow(() -> new AssertionError(KernelContext.class + " is not in a directory"));
    }
}
