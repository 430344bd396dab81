package heddle.runtime.tornado;

import heddle.compiler.backend.tornado.host.DeviceMemory;
import heddle.compiler.schedule.Plan;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.tornado.WorkerFailure.Kind;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** Finds out what went wrong on a device, and in which kernel. */
record Diagnosis(Plan plan, DeviceCode code, Map<String, Long> lengths) {
    private static final int SHOWN_NODES = 6;

    /**
     * The same run, one kernel at a time.
     *
     * @param graph   that began last
     * @param failure absent when it ran to its end
     */
    record Trial(DeviceCode code, int graph, WorkerFailure failure) {}

    /** What to throw. @param graph that began last, -1 when none did @param again runs it kernel by kernel */
    RuntimeException of(WorkerFailure failure, int graph, Supplier<Trial> again) {
        if (failure.isOutOfMemory()) {
            return outOfMemory(failure);
        }
        if (failure.isLibraryMissing()) {
            return new DiagnosticException(
                    Diagnostic.of(TornadoCode.LIBRARY_MISSING, "TornadoVM cannot call cuBLAS: " + failure.getMessage())
                            .hint("install CUDA with cuBLAS, or leave out --library-tasks"));
        }
        if (failure.kind() == Kind.KILLED || code.kernels(graph).size() == 1) {
            return described(failure, code, graph);
        }
        Trial trial = again.get();
        return trial.failure() == null
                ? described(failure, code, graph)
                : trial.failure().isOutOfMemory()
                        ? outOfMemory(trial.failure())
                        : described(failure, trial.code(), trial.graph());
    }

    private DiagnosticException outOfMemory(WorkerFailure failure) {
        DeviceMemory needed = DeviceMemory.of(plan, lengths);
        return new DiagnosticException(Diagnostic.of(
                        TornadoCode.DEVICE_MEMORY, "the device has too little memory for " + plan.name())
                .note(String.format(
                        Locale.ROOT,
                        "%s are needed for %s: weights %s, inputs %s, outputs %s, intermediate results %s",
                        megabytes(needed.total()),
                        lengths,
                        megabytes(needed.weights()),
                        megabytes(needed.inputs()),
                        megabytes(needed.outputs()),
                        megabytes(needed.intermediates())))
                .note(failure.getMessage().lines().findFirst().orElse("").replaceAll("\\e\\[[0-9;]*m", ""))
                .hint("a smaller batch or shorter input needs less; `heddle devices` says what there is"));
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }

    private RuntimeException described(WorkerFailure failure, DeviceCode run, int graph) {
        String where = run.describe(graph);
        List<String> nodes = run.kernels(graph).stream()
                .flatMap(k -> k.nodes().stream().map(n -> k.name() + ": " + n))
                .limit(SHOWN_NODES)
                .toList();
        if (failure.isOutOfResources()) {
            return new DiagnosticException(with(
                            Diagnostic.of(
                                    TornadoCode.KERNEL_RESOURCES, "the device gave up " + where + ": out of resources"),
                            nodes,
                            List.of(failure.getMessage().strip()))
                    .note("the kernel needs more registers or local memory than a group can have,"
                            + " or it used memory that is not its own: a bug in Heddle or in the driver")
                    .hint("choose another device, or use --target jvm"));
        }
        return switch (failure.kind()) {
            case DIED ->
                new DiagnosticException(with(
                                Diagnostic.of(TornadoCode.WORKER_DIED, "the driver crashed in " + where),
                                nodes,
                                failure.lines())
                        .hint("update the device's driver, choose another device, or use --target jvm"));
            case KILLED ->
                new DiagnosticException(with(
                                Diagnostic.of(TornadoCode.WORKER_DIED, "the worker was killed in " + where),
                                nodes,
                                List.of())
                        .note("somebody ended it, or the system did because memory was short")
                        .hint("run it again; where memory is short, with a smaller batch or shorter input"));
            case HUNG ->
                new DiagnosticException(with(
                                Diagnostic.of(
                                        TornadoCode.TIME_LIMIT,
                                        "a run was ended in " + where + ": " + failure.getMessage()),
                                nodes,
                                failure.lines())
                        .hint("raise --time-limit if the model is that large; else the driver hangs"));
            case REFUSED ->
                new KernelRejected(
                        "TornadoVM does not run " + where + ": " + failure.type() + ": " + failure.getMessage() + "\n"
                                + String.join("\n", nodes) + "\n" + failure.trace()
                                + String.join("\n", failure.lines()),
                        code.text());
        };
    }

    private static Diagnostic with(Diagnostic diagnostic, List<String> nodes, List<String> lines) {
        Diagnostic all = diagnostic;
        for (String node : nodes) {
            all = all.note(node);
        }
        for (String line : lines) {
            all = all.note(line);
        }
        return all;
    }
}
