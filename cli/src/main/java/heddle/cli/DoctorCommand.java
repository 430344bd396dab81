package heddle.cli;

import heddle.cli.report.Sizes;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.CompileOptions;
import heddle.runtime.Heddle;
import heddle.runtime.cache.CacheDirectory;
import heddle.runtime.jvm.JvmPlatform;
import heddle.runtime.tornado.TornadoPlatform;
import heddle.runtime.tornado.TornadoSdk;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import javax.tools.ToolProvider;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code heddle doctor}: shows what Heddle finds on this machine. */
@Command(
        name = "doctor",
        description = "Shows what Heddle finds on this machine, and how to get what is missing.",
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    private boolean healthy = true;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        line(out, "heddle", Heddle.version());
        line(out, "java", Runtime.version() + " in " + System.getProperty("java.home"));
        line(out, "system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        line(out, "processors", String.valueOf(Runtime.getRuntime().availableProcessors()));
        line(
                out,
                "memory limit",
                Sizes.text(Runtime.getRuntime().maxMemory()) + ", " + Sizes.largerHeap() + " raises it");
        vectors(out);
        compiler(out);
        cache(out);
        tornado(out);
        return healthy ? ExitCode.DONE : ExitCode.TARGET_UNAVAILABLE;
    }

    private void vectors(PrintWriter out) {
        try {
            int lanes = JvmPlatform.target(1).lanes();
            line(out, "vectors", lanes + " floats (" + lanes * Float.SIZE + " bits)");
        } catch (DiagnosticException e) {
            missing(out, "vectors", "the Vector API is not loaded: start with the launcher, ./heddle");
        }
    }

    private void compiler(PrintWriter out) {
        if (ToolProvider.getSystemJavaCompiler() == null) {
            missing(out, "compiler", "none: install a JDK, this is only a runtime");
        } else {
            line(out, "compiler", "javax.tools");
        }
    }

    private void cache(PrintWriter out) {
        CacheDirectory cache = CacheDirectory.ofUser();
        try {
            Path probe = Files.createTempFile(cache.directory("."), "probe-", ".tmp");
            Files.delete(probe);
            line(out, "cache", cache.root() + ", set HEDDLE_CACHE to move it");
        } catch (IOException | DiagnosticException e) {
            missing(out, "cache", cache.root() + " cannot be written to: set HEDDLE_CACHE");
        }
    }

    /** A target of its own: without one Heddle is healthy, with a broken one it is not. */
    private void tornado(PrintWriter out) {
        TornadoPlatform platform = CompileOptions.defaults().tornadoPlatform();
        platform.sdk().ifPresent(sdk -> line(out, "tornado", sdk.toString()));
        platform.devices().forEach(device -> line(out, "", device + ", " + Sizes.text(device.memory())));
        platform.problem().ifPresent(problem -> {
            healthy &= !TornadoSdk.isInstalled();
            line(out, "tornado", problem.message());
            problem.notes().forEach(note -> line(out, "", note));
            problem.hint().ifPresent(hint -> line(out, "", hint));
        });
    }

    private void missing(PrintWriter out, String what, String remedy) {
        healthy = false;
        line(out, what, remedy);
    }

    private static void line(PrintWriter out, String what, String found) {
        out.printf("%-14s%s%n", what, found);
    }
}
