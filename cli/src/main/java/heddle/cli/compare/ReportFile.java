package heddle.cli.compare;

import com.fasterxml.jackson.jr.ob.JSON;
import heddle.cli.page.ReportPage;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import heddle.runtime.file.FileFault;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/** A report that was kept in a file: its JSON, or the page that holds it. */
public final class ReportFile {
    private static final Pattern SECTION =
            Pattern.compile("<script type=\"application/(json|gzip;base64)\" id=\"([a-z.-]++)\">([^<]*+)</script>");

    /** No section of a report is nearly as large. */
    private static final int MOST = 1 << 29;

    private ReportFile() {}

    /** Whether a file is a report, by its name; any other is a model. */
    public static boolean isNamed(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".json") || isPage(file);
    }

    private static boolean isPage(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".html") || name.endsWith(".htm");
    }

    /**
     * Reads one.
     *
     * @throws DiagnosticException for a file that cannot be read, and for one that is no report
     */
    public static ComparedReport read(Path file) {
        try {
            String text = Files.readString(file);
            Map<String, Object> sections = isPage(file) ? sections(text) : JSON.std.mapFrom(text);
            return ComparedReport.of(file.toString(), sections);
        } catch (Fields.Damaged e) {
            throw new DiagnosticException(damaged(file, e));
        } catch (IOException e) {
            throw new DiagnosticException(
                    Diagnostic.of(RuntimeCode.FILE_UNREADABLE, file + " cannot be read as a report")
                            .note(FileFault.reason(e)));
        }
    }

    /** What to say of a report that lacks what its schema promises. */
    public static Diagnostic damaged(Path file, Fields.Damaged cause) {
        return Diagnostic.of(RuntimeCode.FILE_UNREADABLE, file + " is no report: " + cause.getMessage())
                .hint("write one with: heddle inspect MODEL --format report -o " + file.getFileName());
    }

    private static Map<String, Object> sections(String page) throws IOException {
        Map<String, Object> sections = new LinkedHashMap<>();
        Matcher matcher = SECTION.matcher(page);
        while (matcher.find()) {
            if (!matcher.group(2).equals(ReportPage.CODE)) {
                String text = matcher.group(1).equals("json") ? matcher.group(3) : unpacked(matcher.group(3));
                sections.put(matcher.group(2), JSON.std.anyFrom(text));
            }
        }
        return sections;
    }

    private static String unpacked(String base64) throws IOException {
        try (InputStream in =
                new GZIPInputStream(new ByteArrayInputStream(Base64.getDecoder().decode(base64)))) {
            byte[] bytes = in.readNBytes(MOST);
            if (bytes.length == MOST) {
                throw new IOException("a section is larger than any of a report");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IOException("a section is not in base 64", e);
        }
    }
}
