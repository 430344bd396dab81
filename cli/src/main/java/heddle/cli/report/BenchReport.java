package heddle.cli.report;

import com.fasterxml.jackson.jr.ob.JSON;
import heddle.compiler.Compiler.Fusion;
import heddle.runtime.KernelTiming;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Measurements as a table for people or for programs. */
public final class BenchReport {
    /** How measurements are printed. */
    public enum Format {
        TEXT,
        MD,
        CSV,
        JSON
    }

    private BenchReport() {}

    public static void print(Format format, Map<Fusion, Measurement> measured, PrintWriter out) throws IOException {
        switch (format) {
            case TEXT -> text(measured, out);
            case MD -> markdown(measured, out);
            case CSV -> csv(measured, out);
            case JSON ->
                out.println(JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(json(measured)));
        }
    }

    private static void text(Map<Fusion, Measurement> measured, PrintWriter out) {
        measured.forEach((fusion, m) -> {
            KernelTable.print(m.kernels(), m.equal(), m.atMost(), out);
            out.printf(Locale.ROOT, "%s: %.3f ms a run, %s GFLOP/s%n", name(fusion), m.nanos() / 1e6, whole(m));
        });
        if (measured.size() == 2) {
            printRatio(measured, out);
        }
    }

    private static String whole(Measurement m) {
        return KernelGroup.gigaflops(m.gigaflops(), !m.atMost().isEmpty());
    }

    private static void printRatio(Map<Fusion, Measurement> measured, PrintWriter out) {
        double unfused = measured.get(Fusion.UNFUSED).nanos();
        double fused = measured.get(Fusion.FUSED).nanos();
        out.printf(Locale.ROOT, "fused is %.2f times as fast as unfused%n", unfused / fused);
    }

    private static void markdown(Map<Fusion, Measurement> measured, PrintWriter out) {
        out.println("| | kernel | times | family | ms | GFLOP/s | bytes |");
        out.println("|---|---|---:|---|---:|---:|---:|");
        measured.forEach((fusion, m) -> {
            for (KernelGroup k : KernelGroup.slowestFirst(m.kernels(), m.equal())) {
                out.printf(
                        Locale.ROOT,
                        "| %s | %s | %d | %s | %.3f | %s | %d |%n",
                        name(fusion),
                        k.name(),
                        k.kernels().size(),
                        k.family(),
                        k.nanos() / 1e6,
                        k.gigaflops(m.atMost()),
                        k.bytes());
            }
            out.printf(
                    Locale.ROOT,
                    "| **%s** | **whole run** | | | **%.3f** | **%s** | **%d** |%n",
                    name(fusion),
                    m.nanos() / 1e6,
                    whole(m),
                    m.bytes());
        });
        if (measured.values().stream().anyMatch(m -> !m.atMost().isEmpty())) {
            out.println();
            out.println(KernelTable.AT_MOST);
        }
        if (measured.size() == 2) {
            out.println();
            printRatio(measured, out);
        }
    }

    private static void csv(Map<Fusion, Measurement> measured, PrintWriter out) {
        out.println("plan,kernel,group,family,nanos,flops,bytes");
        measured.forEach((fusion, m) -> {
            for (KernelTiming k : m.kernels()) {
                out.println(String.join(
                        ",",
                        name(fusion),
                        k.name(),
                        m.equal().group(k.name()),
                        k.family(),
                        Long.toString(k.nanos()),
                        Long.toString(k.flops()),
                        Long.toString(k.bytes())));
            }
            out.println(name(fusion) + ",whole run,,," + m.nanos() + "," + m.flops() + "," + m.bytes());
        });
    }

    private static Map<String, Object> json(Map<Fusion, Measurement> measured) {
        Map<String, Object> all = new LinkedHashMap<>();
        measured.forEach((fusion, m) -> {
            List<Map<String, Object>> kernels =
                    m.kernels().stream().map(k -> json(k, m)).toList();
            Map<String, Object> plan = new LinkedHashMap<>();
            plan.put("nanos", m.nanos());
            plan.put("flops", m.flops());
            plan.put("bytes", m.bytes());
            plan.put("warmUpSeconds", m.warmUp().seconds());
            plan.put("settled", m.warmUp().settled());
            plan.put("kernels", kernels);
            all.put(name(fusion), plan);
        });
        return all;
    }

    private static Map<String, Object> json(KernelTiming k, Measurement m) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", k.name());
        fields.put("group", m.equal().group(k.name()));
        fields.put("family", k.family());
        fields.put("nanos", k.nanos());
        fields.put("flops", k.flops());
        if (m.atMost().contains(k.name())) {
            fields.put("flopsAtMost", true);
        }
        fields.put("bytes", k.bytes());
        return fields;
    }

    private static String name(Fusion fusion) {
        return fusion.name().toLowerCase(Locale.ROOT);
    }
}
