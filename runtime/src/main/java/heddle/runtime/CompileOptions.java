package heddle.runtime;

import heddle.compiler.Compiler.Fusion;
import heddle.dsl.ast.ScheduleFile;
import heddle.runtime.artifact.DownloadListener;
import heddle.runtime.artifact.ModelFiles;
import heddle.runtime.cache.CacheDirectory;
import heddle.runtime.code.ClassCache;
import heddle.runtime.jvm.JvmOptions;
import heddle.runtime.jvm.JvmPlatform;
import heddle.runtime.tornado.TornadoPlatform;
import heddle.runtime.tornado.TornadoSdk;
import heddle.runtime.weights.WeightBinding.Conversion;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Options for compiling a model, and the places of its files.
 *
 * @param fusion     whether operations are fused into kernels
 * @param threads    the number of threads of a run; results do not depend on it
 * @param weights    a weight file's name, {@code maven:group:artifact:version!/file}, or {@code random}; absent for the
 *                   one that the model's manifest names
 * @param tokenizer  the same for a tokenizer, except {@code random}
 * @param conversion whether weights of another element type may be rounded
 * @param target     where it runs
 * @param schedules  of kernels that are named in it, which replace those that are chosen otherwise
 * @param files      finds files by name
 * @param warnings   receives warnings, one line at a time
 */
public record CompileOptions(
        Fusion fusion,
        int threads,
        Optional<String> weights,
        Optional<String> tokenizer,
        Conversion conversion,
        TargetOptions target,
        Optional<ScheduleFile> schedules,
        ModelFiles files,
        Consumer<String> warnings) {
    /** Fused, on all processors, with the files that the model's manifest names; downloads are told on standard error. */
    public static CompileOptions defaults() {
        return new CompileOptions(
                Fusion.FUSED,
                Runtime.getRuntime().availableProcessors(),
                Optional.empty(),
                Optional.empty(),
                Conversion.LOSSLESS,
                TargetOptions.defaults(),
                Optional.empty(),
                ModelFiles.ofUser(DownloadListener.lines(System.err::println)),
                System.err::println);
    }

    /** The most threads that a run may have. More take memory and start slowly, and no machine computes faster with them. */
    public static int mostThreads() {
        return Math.max(1024, Runtime.getRuntime().availableProcessors());
    }

    /** What these mean for generated code. */
    public JvmOptions jvm() {
        return new JvmOptions(
                JvmPlatform.target(threads),
                CacheDirectory.ofUser().root().resolve("classes"),
                Heddle.version(),
                warnings);
    }

    /** What this machine has for the tornado target; asks the drivers, which takes seconds. */
    public TornadoPlatform tornadoPlatform() {
        return TornadoPlatform.look(classes(), devices());
    }

    /** The same, but what was found in the last hour holds while SDK, JDK and drivers stay what they were. */
    TornadoPlatform rememberedTornadoPlatform() {
        return TornadoPlatform.remembered(classes(), devices());
    }

    private static Path devices() {
        return CacheDirectory.ofUser().root().resolve("tornado-devices");
    }

    /**
     * The targets to compare, without a check of the first run: jvm, and tornado where it is named, or left open and
     * there. A device that is only this machine's processors counts too: what matters here is what is right, not what is
     * fast. An SDK that is there but of no use is left out with a warning.
     */
    public List<TargetOptions> everyTarget() {
        boolean tornado = switch (target.target()) {
            case JVM -> false;
            case TORNADO -> true;
            case AUTO -> target.libraryTasks() || TornadoSdk.isInstalled() && isUsable(rememberedTornadoPlatform());
        };
        TargetOptions unchecked = target.withCheckFirstRun(false);
        TargetOptions jvm = unchecked.withTarget(Target.JVM);
        return tornado ? List.of(jvm.withLibraryTasks(false), unchecked.withTarget(Target.TORNADO)) : List.of(jvm);
    }

    private boolean isUsable(TornadoPlatform platform) {
        platform.problem()
                .ifPresent(p -> warnings.accept("the tornado target is left out: " + p.message()
                        + p.hint().map(h -> "; " + h).orElse("")));
        return platform.problem().isEmpty();
    }

    /** Where compiled classes are kept. */
    ClassCache classes() {
        return new ClassCache(CacheDirectory.ofUser().root().resolve("classes"), Heddle.version(), warnings);
    }

    public CompileOptions withFusion(Fusion value) {
        return new CompileOptions(value, threads, weights, tokenizer, conversion, target, schedules, files, warnings);
    }

    public CompileOptions withThreads(int value) {
        return new CompileOptions(fusion, value, weights, tokenizer, conversion, target, schedules, files, warnings);
    }

    public CompileOptions withWeights(String value) {
        return new CompileOptions(
                fusion, threads, Optional.of(value), tokenizer, conversion, target, schedules, files, warnings);
    }

    public CompileOptions withTokenizer(String value) {
        return new CompileOptions(
                fusion, threads, weights, Optional.of(value), conversion, target, schedules, files, warnings);
    }

    public CompileOptions withConversion(Conversion value) {
        return new CompileOptions(fusion, threads, weights, tokenizer, value, target, schedules, files, warnings);
    }

    public CompileOptions withTarget(TargetOptions value) {
        return new CompileOptions(fusion, threads, weights, tokenizer, conversion, value, schedules, files, warnings);
    }

    public CompileOptions withSchedules(Optional<ScheduleFile> value) {
        return new CompileOptions(fusion, threads, weights, tokenizer, conversion, target, value, files, warnings);
    }

    public CompileOptions withFiles(ModelFiles value) {
        return new CompileOptions(fusion, threads, weights, tokenizer, conversion, target, schedules, value, warnings);
    }

    public CompileOptions withWarnings(Consumer<String> value) {
        return new CompileOptions(fusion, threads, weights, tokenizer, conversion, target, schedules, files, value);
    }
}
