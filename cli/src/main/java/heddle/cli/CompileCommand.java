package heddle.cli;

import heddle.cli.option.ExecutionOptions;
import heddle.cli.option.InputOptions;
import heddle.cli.option.ModelOptions;
import heddle.cli.option.OutputFiles;
import heddle.cli.option.ScheduleOption;
import heddle.cli.option.TargetOption;
import heddle.cli.report.DevicePlanJson;
import heddle.cli.report.PlanJson;
import heddle.cli.report.StandaloneData;
import heddle.cli.report.SyntaxTree;
import heddle.cli.report.TornadoReadme;
import heddle.compiler.Compilation;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.jvm.JavaSource;
import heddle.compiler.backend.jvm.JvmWriter;
import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.backend.tornado.host.TornadoSource;
import heddle.compiler.ir.text.GraphText;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.schedule.GivenSchedules;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.scheduled.ActionListing;
import heddle.compiler.scheduled.ProcessorScheduler;
import heddle.compiler.scheduled.group.DeviceScheduler;
import heddle.compiler.tile.ProgramListing;
import heddle.compiler.tile.ScheduleListing;
import heddle.compiler.tile.TileKernel;
import heddle.dsl.parse.Parser;
import heddle.runtime.CompileOptions;
import heddle.runtime.HeddleModel;
import heddle.runtime.Target;
import heddle.runtime.file.AtomicFile;
import heddle.runtime.file.FileFault;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.tornado.DeviceWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code heddle compile}: shows the results of compiling a model, stage by stage. */
@Command(
        name = "compile",
        description = "Compiles a model and prints or writes the results.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Stages: ast, the syntax tree; graph, the computation as written; fused, the computation after",
            "all passes; tiles, what each kernel computes, as a program over tiles; schedule, how: its",
            "blocks, their order, where tiles are held; actions, what that becomes on the jvm target: loops",
            "over lanes, products, stores; java, the generated class; plan, kernels and buffers as JSON.",
            "",
            "Examples:",
            "  heddle compile examples/minilm.heddle --emit fused",
            "  heddle compile examples/minilm.heddle -D N=128 --emit java,plan -o out/",
            "  heddle compile examples/minilm.heddle -D N=128 --target tornado -o out/",
            "  heddle compile examples/attention.heddle --machine h100 --emit schedule",
            "  heddle compile examples/attention.heddle --schedule mine.txt --emit java",
            "  heddle compile examples/minilm.heddle --target tornado -o out/ --data \\",
            "      --text 'A bank by the river'"
        })
final class CompileCommand implements Callable<Integer> {
    /** The stages that can be printed, in the order in which a model passes them. */
    enum Stage {
        AST("ast"),
        GRAPH("graph"),
        FUSED("fused"),
        TILES("tiles"),
        SCHEDULE("schedule"),
        ACTIONS("actions"),
        JAVA("java"),
        PLAN("json");

        private final String ending;

        Stage(String ending) {
            this.ending = ending;
        }
    }

    private static final String WEIGHTS = "weights";
    private static final String INPUTS = "inputs";

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelOptions model;

    @Mixin
    private TargetOption target;

    @Mixin
    private ScheduleOption schedule;

    @Mixin
    private ExecutionOptions execution;

    @Mixin
    private InputOptions inputs;

    @Option(names = "--unfused", description = "One kernel for each operation.")
    private boolean unfused;

    @Option(
            names = "--emit",
            split = ",",
            description = "${COMPLETION-CANDIDATES}; several are separated by commas. Default: java, and with"
                    + " --target tornado -o DIR plan too.")
    private List<Stage> stages = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            description = "Writes files there instead of printing.")
    private Path directory;

    @Option(
            names = "--data",
            description = "With -o, also writes the weights and the given inputs as .safetensors files, in the form"
                    + " that a generated file for TornadoVM reads.")
    private boolean data;

    private OutputFiles files;

    @Override
    public Integer call() throws IOException {
        if (data && directory == null) {
            throw new ParameterException(spec.commandLine(), "--data needs a directory, -o DIR");
        }
        if (directory != null) {
            FileFault.requireWritableDirectory(directory);
        }
        HeddleModel declared = model.model();
        files = inputs.reads(execution.reads(new OutputFiles(spec).reads(declared)));
        if (data && Files.isDirectory(directory)) {
            files.add("--data", dataFile(WEIGHTS));
            files.add("--data", dataFile(INPUTS));
        }
        boolean device = target.target() == Target.TORNADO;
        if (target.libraryTasks() && !device) {
            throw new ParameterException(spec.commandLine(), "--library-tasks needs --target tornado");
        }
        TornadoTarget planned = target.device();
        Fusion fusion = unfused ? Fusion.UNFUSED : Fusion.FUSED;
        SchedulePolicy policy =
                schedule.over(device ? new DevicePolicy(planned) : SchedulePolicy.of(target.processor()));
        Compilation compilation = declared.compilation(fusion, policy);
        // Read before anything is written: a mistake in them leaves no half of the files behind.
        Map<String, Map<String, Tensor>> tensors = data ? data(declared) : Map.of();
        if (policy instanceof GivenSchedules given) {
            given.requireKernels(compilation.plan());
        }
        if (stages.isEmpty()) {
            stages = device && directory != null ? List.of(Stage.JAVA, Stage.PLAN) : List.of(Stage.JAVA);
        }
        boolean written = device && (stages.contains(Stage.JAVA) || stages.contains(Stage.PLAN));
        Optional<TornadoSource> source =
                written ? Optional.of(DeviceWriter.source(compilation.plan(), planned)) : Optional.empty();
        for (Stage stage : new LinkedHashSet<>(stages)) {
            emit(stage, declared, compilation, source);
        }
        if (directory != null && stages.contains(Stage.JAVA)) {
            source.ifPresent(s -> write(directory.resolve("README.md"), "readme", TornadoReadme.text(s)));
        }
        if (data) {
            writeData(WEIGHTS, compilation.plan().weights(), tensors.get(WEIGHTS));
            writeData(INPUTS, compilation.plan().inputs(), tensors.get(INPUTS));
        }
        return ExitCode.DONE;
    }

    private void emit(Stage stage, HeddleModel declared, Compilation compilation, Optional<TornadoSource> source)
            throws IOException {
        String name = compilation.plan().name();
        String text = switch (stage) {
            case AST ->
                SyntaxTree.of(Parser.parse(declared.source().text()).orThrow().items());
            case GRAPH -> GraphText.print(declared.declaration().graph());
            case FUSED -> GraphText.print(compilation.graph());
            case TILES -> kernels(compilation.plan(), k -> ProgramListing.of(k.program()));
            case SCHEDULE -> kernels(compilation.plan(), ScheduleListing::of);
            case ACTIONS ->
                kernels(
                        compilation.plan(),
                        k -> ActionListing.of(
                                target.target() == Target.TORNADO
                                        ? DeviceScheduler.schedule(k)
                                        : ProcessorScheduler.schedule(
                                                k, target.processor().lanes())));
            case PLAN -> {
                if (source.isPresent()) {
                    name = "plan";
                    yield DevicePlanJson.of(compilation.plan(), source.get());
                }
                yield PlanJson.of(compilation.plan());
            }
            case JAVA -> {
                if (source.isPresent()) {
                    name = source.get().className();
                    yield source.get().text();
                }
                JavaSource java = new JvmWriter(target.processor()).write(compilation.plan());
                name = java.className();
                yield java.text();
            }
        };
        PrintWriter out = spec.commandLine().getOut();
        if (directory == null) {
            out.print(text.endsWith("\n") ? text : text + "\n");
            return;
        }
        write(directory.resolve(name + "." + stage.ending), stage.name().toLowerCase(Locale.ROOT), text);
    }

    private Map<String, Map<String, Tensor>> data(HeddleModel declared) {
        CompileOptions options = execution.options();
        Map<String, Map<String, Tensor>> data = new LinkedHashMap<>();
        data.put(WEIGHTS, declared.weights(options));
        data.put(INPUTS, inputs.tensors(declared, options, false));
        return data;
    }

    private void writeData(String what, Map<String, Buffer> buffers, Map<String, Tensor> tensors) {
        Path file = dataFile(what);
        if (StandaloneData.write(buffers, tensors, file)) {
            spec.commandLine().getOut().println(what + ": " + file);
        }
    }

    private Path dataFile(String what) {
        return directory.resolve(what + ".safetensors");
    }

    private void write(Path file, String what, String text) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw AtomicFile.unwritable(directory, e);
        }
        files.add("--output", file);
        AtomicFile.write(file, text);
        spec.commandLine().getOut().println(what + ": " + file);
    }

    private static String kernels(Plan plan, Function<TileKernel, String> listing) {
        Stream<TileKernel> kernels = Stream.concat(plan.prepare().stream(), plan.launches().stream());
        return kernels.map(listing).collect(Collectors.joining("\n"));
    }
}
