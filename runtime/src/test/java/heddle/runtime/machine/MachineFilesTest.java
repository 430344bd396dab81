package heddle.runtime.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.schedule.machine.Device;
import heddle.compiler.schedule.machine.Processor;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class MachineFilesTest {
    @TempDir
    private Path dir;

    private static String shipped(String name) {
        return MachineFiles.shipped(name);
    }

    private static String wrong(String text) {
        DiagnosticException e = assertThrows(DiagnosticException.class, () -> MachineFiles.of("mine.json", text));
        assertEquals(RuntimeCode.MACHINE, e.diagnostics().getFirst().code());
        return e.diagnostics().getFirst().toString();
    }

    static final java.util.List<String> names = MachineFiles.NAMES;

    @ParameterizedTest
    @FieldSource("names")
    void shippedMachinesAreFoundByNameAndBearIt(String name) {
        assertEquals(name, MachineFiles.find(name).name());
        assertEquals(MachineFiles.find(name), MachineFiles.find(name + ".json"));
    }

    @Test
    void figuresAreRead() {
        assertEquals(new Processor("avx2", 8, 16, 2, 16, 32 << 10, 512 << 10, false), MachineFiles.find("avx2"));
        Device h100 = (Device) MachineFiles.find("h100");
        assertEquals(Device.Backend.CUDA, h100.backend());
        assertEquals(132, h100.multiprocessors());
        assertTrue(h100.shuffles());
    }

    @Test
    void aFileIsFoundByItsPath() throws IOException {
        Path file = dir.resolve("mine.json");
        Files.writeString(file, shipped("neon").replace("\"neon\"", "\"mine\""));
        assertEquals("mine", MachineFiles.find(file.toString()).name());
    }

    @Test
    void anUnknownNameIsToldWithThoseThereAre() {
        DiagnosticException e = assertThrows(DiagnosticException.class, () -> MachineFiles.find("h10"));
        String text = e.diagnostics().getFirst().toString();
        assertTrue(text.contains("there is no machine h10, and no file of that name"), text);
    }

    @ParameterizedTest
    @CsvSource({
        "'\"lanes\": 8', '\"lanes\": 12', 'lanes is 12, and must be 4, 8 or 16'",
        "'\"lanes\": 8', '\"lanes\": \"8\"', 'lanes is \"8\"'",
        "'\"lanes\": 8,', '', 'the field lanes is missing'",
        "'\"lanes\": 8', '\"lines\": 8', 'there is no field lines'",
        "'\"l1\": 32768', '\"l1\": 32', 'l1 is 32, and must be from 8192 to 1048576'",
        "'\"kind\": \"processor\"', '\"kind\": \"gpu\"', 'kind is gpu'",
        "'\"fmas\": \"Soft', '\"fma\": \"Soft', 'there is no field fma'",
        "'\"name\": \"avx2\"', '\"name\": 2', 'name is 2'"
    })
    void aMistakeIsToldWithFileAndField(String right, String mistaken, String message) {
        String text = shipped("avx2");
        assertTrue(text.contains(right), text);
        String told = wrong(text.replace(right, mistaken));
        assertTrue(told.contains("mine.json: " + message), told);
    }

    @Test
    void aDeviceHasABackend() {
        String told = wrong(shipped("h100").replace("\"CUDA\"", "\"VULKAN\""));
        assertTrue(told.contains("mine.json: backend is VULKAN"), told);
    }

    /** The note is of words that a user knows, and the page that the hint names has a file that can be copied. */
    @Test
    void whatIsNoJsonIsToldWithItsPlace() throws IOException {
        DiagnosticException e = assertThrows(
                DiagnosticException.class, () -> MachineFiles.of("mine.json", "{\n  \"kind\": processor\n}"));
        Diagnostic told = e.diagnostics().getFirst();
        assertTrue(told.notes().getFirst().startsWith("line 2, column "), told.toString());
        assertFalse(told.toString().contains("REDACTED"), told.toString());
        assertEquals("docs/schedules.md has an example", told.hint().orElseThrow());
        String page = Files.readString(Path.of("../docs/schedules.md"));
        Matcher example = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL).matcher(page);
        assertTrue(example.find());
        assertEquals("mine", MachineFiles.of("mine.json", example.group(1)).name());
    }

    @Test
    void otherTextIsRefused() {
        assertTrue(wrong("[1, 2]").contains("mine.json is not one object of JSON"));
        assertTrue(wrong("{\"kind\": ").contains("mine.json is not one object of JSON"));
    }
}
