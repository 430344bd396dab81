package heddle.tests.page;

import static heddle.tests.page.ReportAttentionTest.at;
import static heddle.tests.page.ReportAttentionTest.report;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.cli.page.Report;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The code in a report, and the links from it to kernels and to the parts of attention. */
class ReportCodeTest {
    private static final Path ATTENTION = Path.of("../examples/attention.heddle");
    private static final Map<String, Long> LENGTHS = Map.of("B", 1L, "N", 4096L);
    private static final Set<String> ROLES = Set.of("scores", "mask", "softmax", "values", "output");

    private static List<String> lines(Object section) {
        return ReportAttentionTest.<String>at(section, "text").lines().toList();
    }

    private static Set<Integer> numbers(List<List<Integer>> runs) {
        Set<Integer> numbers = new TreeSet<>();
        runs.forEach(run -> {
            for (int line = run.getFirst(); line <= run.getLast(); line++) {
                numbers.add(line);
            }
        });
        return numbers;
    }

    /** The text of all lines of a role. */
    private static String of(String role, List<String> lines, Object method) {
        Map<String, List<List<Integer>>> roles = at(method, "roles");
        StringBuilder text = new StringBuilder();
        numbers(roles.get(role)).forEach(n -> text.append(lines.get(n - 1)).append('\n'));
        return text.toString();
    }

    @Test
    void linesOfTheJvmClassAreForWhatTheyCompute() {
        Object java = report(ATTENTION, LENGTHS).sections().get("java.jvm");
        List<Object> methods = at(java, "methods");
        Object method = methods.getFirst();
        assertEquals(
                ROLES,
                ReportAttentionTest.<Map<String, Object>>at(method, "roles").keySet());
        List<String> lines = lines(java);
        assertTrue(of("mask", lines, method).contains("return jFrom <= iTo - 1L;"));
        assertTrue(of("mask", lines, method).contains("while (jTo - jFrom > 8"));
        assertTrue(of("scores", lines, method).contains("t_q, t_qStart + d).mul("));
        assertTrue(of("scores", lines, method).contains("product(jTo - jFrom, 64, t_k"));
        assertTrue(of("values", lines, method).contains("product_2(plain, 64, jTo - jFrom, t_v"));
        assertTrue(of("softmax", lines, method).contains("VectorOperators.")
                || of("softmax", lines, method).contains("exp"));
        assertTrue(of("output", lines, method).contains("tiles, accTile, 32, t_o"));
        assertFalse(of("softmax", lines, method).contains("t_v"));
    }

    @Test
    void linesOfTheDeviceClassAreForWhatTheyCompute() {
        Object java = report(ATTENTION, LENGTHS).sections().get("java.tornado");
        List<Object> methods = at(java, "methods");
        Object method = methods.getFirst();
        assertEquals(
                ROLES,
                ReportAttentionTest.<Map<String, Object>>at(method, "roles").keySet());
        List<String> lines = lines(java);
        assertTrue(of("mask", lines, method).contains("Float.NEGATIVE_INFINITY;\n"));
        assertTrue(of("mask", lines, method).contains("boolean full = "));
        assertFalse(of("mask", lines, method).contains("localBarrier"));
        assertTrue(of("scores", lines, method).contains("t_q.get("));
        assertTrue(of("scores", lines, method).contains("t_k.get("));
        assertTrue(of("values", lines, method).contains("t_v.get("));
        assertTrue(of("softmax", lines, method).contains("TornadoMath.exp("));
        assertTrue(of("output", lines, method).contains("t_o.set("));
        for (String role : ROLES) {
            assertEquals(role.equals("output"), of(role, lines, method).contains("t_o.set("), role);
        }
    }

    @Test
    void statementsOfTheTileProgramHaveRoles() {
        Object tiles = report(ATTENTION, LENGTHS).sections().get("tiles");
        List<Object> programs = at(tiles, "programs");
        Object program = programs.getFirst();
        List<String> lines = lines(at(program, "program"));
        assertEquals(
                "  masked j:\n    score = where(j <= i, score, -inf)\n",
                of("mask", lines, program)
                        .lines()
                        .skip(1)
                        .map(l -> l.substring(4) + "\n")
                        .reduce("", String::concat));
        assertTrue(of("scores", lines, program).contains("score[i, j] = dot(q, k) over d"));
        assertTrue(of("values", lines, program).contains("acc += dot(score, v) over j"));
        assertTrue(of("softmax", lines, program).contains("score = exp(score - shift)"));
        assertTrue(of("output", lines, program).contains("acc = acc * scale"));
        assertTrue(of("output", lines, program).contains("store t_o"));
    }

    /** What is in no kernel is the class around them: constants, the two entry methods, functions that kernels share. */
    @ParameterizedTest
    @ValueSource(strings = {"java.jvm", "java.tornado"})
    void kernelsHaveAllLinesOfTheirMethods(String section) {
        Report report = report(Path.of("../examples/minilm.heddle"), Map.of("B", 1L, "N", 128L));
        Object java = report.sections().get(section);
        List<String> lines = lines(java);
        List<Object> methods = at(java, "methods");
        Set<Integer> all = new HashSet<>();
        for (Object method : methods) {
            Set<Integer> own = numbers(at(method, "lines"));
            all.addAll(own);
            Map<String, List<List<Integer>>> roles = at(method, "roles");
            roles.forEach((role, runs) -> assertTrue(own.containsAll(numbers(runs)), role));
        }
        Pattern entry = Pattern.compile(
                section.equals("java.jvm")
                        ? "    static void \\w+\\(.*"
                        : "    public static void (?!main)\\w+\\(KernelContext .*");
        List<String> missing = new ArrayList<>();
        int entries = 0;
        for (int i = 0; i < lines.size(); i++) {
            if (entry.matcher(lines.get(i)).matches()) {
                entries++;
                for (int line = i; !lines.get(line).equals("    }"); line++) {
                    if (!all.contains(line + 1)) {
                        missing.add(line + 1 + " " + lines.get(line));
                    }
                }
            }
        }
        assertEquals(List.of(), missing);
        assertEquals(methods.size(), entries);
        List<Integer> kernels = at(java, "kernels");
        List<Object> planned = at(report.sections().get("plan"), "kernels");
        assertEquals(planned.size(), kernels.size());
        if (section.equals("java.jvm")) {
            assertFalse(kernels.contains(-1), "the target of the report has all its kernels");
        }
    }

    @Test
    void equalKernelsShareATileProgram() {
        Report report = report(Path.of("../examples/minilm.heddle"), Map.of("B", 1L, "N", 128L));
        Object tiles = report.sections().get("tiles");
        List<Integer> kernels = at(tiles, "kernels");
        List<Object> programs = at(tiles, "programs");
        assertEquals(programs.size(), new HashSet<>(kernels).size());
        assertTrue(programs.size() < kernels.size() / 2, programs.size() + " of " + kernels.size());
        List<Map<String, Object>> fused = at(report.sections().get("attention"), "fused");
        assertEquals(
                1,
                fused.stream()
                        .map(a -> kernels.get((Integer) a.get("kernel")))
                        .distinct()
                        .count());
    }
}
