package heddle.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import heddle.cli.report.Sizes;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.runtime.CompileOptions;
import heddle.runtime.tornado.TornadoDevice;
import heddle.runtime.tornado.TornadoPlatform;
import heddle.runtime.tornado.TornadoSdk;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code heddle devices}: lists the devices that the tornado target can run on. */
@Command(
        name = "devices",
        description = "Lists the devices that TornadoVM finds, with their memory and limits.",
        mixinStandardHelpOptions = true,
        footer = {"", "Exit code 3 when there is no SDK or no device."})
final class DevicesCommand implements Callable<Integer> {
    /** How devices are printed. */
    enum Format {
        TEXT,
        JSON
    }

    @Spec
    private CommandSpec spec;

    @Option(names = "--format", defaultValue = "text", description = "${COMPLETION-CANDIDATES}; text is the default.")
    private Format format;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        TornadoPlatform platform = CompileOptions.defaults().tornadoPlatform();
        if (format == Format.JSON) {
            out.println(JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(json(platform)));
        } else {
            platform.sdk().ifPresent(out::println);
            platform.devices().forEach(d -> print(d, out));
            platform.problem()
                    .ifPresent(
                            p -> Terminal.print(List.of(p), spec.commandLine().getErr()));
        }
        return platform.problem().isEmpty() ? ExitCode.DONE : ExitCode.TARGET_UNAVAILABLE;
    }

    private static void print(TornadoDevice device, PrintWriter out) {
        out.println(device);
        out.printf(
                "     memory         %s, %s in one buffer%n",
                Sizes.text(device.memory()), Sizes.text(device.allocation()));
        out.printf(
                "     work-group     %d threads, %s of local memory%n",
                device.groupThreads(), Sizes.text(device.local()));
        out.printf("     compute units  %d%n", device.units());
        out.printf("     platform       %s%n", device.platform());
        if (!device.driver().isEmpty()) {
            out.printf("     driver         %s%n", device.driver());
        }
    }

    private static Map<String, Object> json(TornadoPlatform platform) {
        Map<String, Object> fields = new LinkedHashMap<>();
        platform.sdk().ifPresent(sdk -> fields.put("sdk", json(sdk)));
        fields.put(
                "devices", platform.devices().stream().map(DevicesCommand::json).toList());
        platform.problem().ifPresent(p -> fields.put("problem", json(p)));
        return fields;
    }

    private static Map<String, Object> json(TornadoSdk sdk) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("home", sdk.home().toString());
        fields.put("version", sdk.version());
        fields.put("jdk", sdk.java());
        fields.put("backends", sdk.backends());
        return fields;
    }

    private static Map<String, Object> json(TornadoDevice device) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", device.id());
        fields.put("api", device.api());
        fields.put("type", device.type());
        fields.put("name", device.name());
        fields.put("platform", device.platform());
        fields.put("driver", device.driver());
        fields.put("memoryBytes", device.memory());
        fields.put("bufferBytes", device.allocation());
        fields.put("localBytes", device.local());
        fields.put("computeUnits", device.units());
        fields.put("groupThreads", device.groupThreads());
        return fields;
    }

    private static Map<String, Object> json(Diagnostic problem) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("code", problem.code().id());
        fields.put("message", problem.message());
        problem.hint().ifPresent(hint -> fields.put("remedy", hint));
        return fields;
    }
}
