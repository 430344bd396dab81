package heddle.compiler.backend.tornado.host;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.emit.Names;
import heddle.compiler.backend.tornado.Gemm;
import heddle.compiler.backend.tornado.KernelMethods;
import heddle.compiler.backend.tornado.Lengths;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.schedule.Plan;
import heddle.compiler.scheduled.Grid;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes the file around the kernels: the arrays, the task graphs, the methods that run them, and a main method. */
public record HostClass(
        Plan plan, DeviceArrays arrays, List<TaskGraphs.TaskGraph> prepare, List<TaskGraphs.TaskGraph> run) {
    /** The matrix operations, by the names that a file with library tasks imports. */
    static final List<String> OPERATIONS = List.of("CUBLAS_OP_N", "CUBLAS_OP_T");

    private static final List<String> IMPORTS = List.of(
            "java.io.IOException",
            "java.lang.foreign.Arena",
            "java.lang.foreign.MemorySegment",
            "java.lang.foreign.ValueLayout",
            "java.nio.ByteBuffer",
            "java.nio.channels.FileChannel",
            "java.nio.charset.StandardCharsets",
            "java.nio.file.Files",
            "java.nio.file.Path",
            "java.nio.file.StandardCopyOption",
            "java.nio.file.StandardOpenOption",
            "java.util.LinkedHashMap",
            "java.util.Map",
            "java.util.function.IntConsumer",
            "java.util.regex.Matcher",
            "java.util.regex.Pattern",
            "uk.ac.manchester.tornado.api.GridScheduler",
            "uk.ac.manchester.tornado.api.KernelContext",
            "uk.ac.manchester.tornado.api.TaskGraph",
            "uk.ac.manchester.tornado.api.TornadoExecutionPlan",
            "uk.ac.manchester.tornado.api.WorkerGrid1D",
            "uk.ac.manchester.tornado.api.enums.DataTransferMode",
            "uk.ac.manchester.tornado.api.enums.TornadoVMBackendType",
            "uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException",
            "uk.ac.manchester.tornado.api.math.TornadoMath",
            "uk.ac.manchester.tornado.api.types.arrays.ByteArray",
            "uk.ac.manchester.tornado.api.types.arrays.DoubleArray",
            "uk.ac.manchester.tornado.api.types.arrays.FloatArray",
            "uk.ac.manchester.tornado.api.types.arrays.IntArray",
            "uk.ac.manchester.tornado.api.types.arrays.LongArray",
            "uk.ac.manchester.tornado.api.types.arrays.ShortArray");

    /** The classes that a file names without an import: its own one for tensors, and those of Java itself. */
    private static final Set<String> CLASSES = Set.of(
            "Tensor",
            "CuBlas",
            "String",
            "StringBuilder",
            "System",
            "Override",
            "ProcessHandle",
            "IllegalStateException");

    /** The model's name, told from those of the classes that the file uses. */
    String className() {
        String name = Names.identifier(plan.name());
        boolean used = CLASSES.contains(name) || IMPORTS.stream().anyMatch(type -> type.endsWith("." + name));
        return used ? "_" + name : name;
    }

    JavaText text(KernelMethods methods) {
        JavaText out = new JavaText(0);
        writeHead(out);
        out.open("public final class " + className() + " implements AutoCloseable");
        writeFields(out);
        writeConstructor(out);
        writeRun(out);
        writeClose(out);
        prepare.forEach(g -> writeGraph(g, out));
        run.forEach(g -> writeGraph(g, out));
        methods.write(out);
        new ConstantMethods(plan.constants()).write(out);
        out.blank().line(StandaloneMain.text(plan, className()));
        return out.close();
    }

    private boolean callsLibraries() {
        return Stream.concat(prepare.stream(), run.stream())
                .flatMap(g -> g.tasks().stream())
                .anyMatch(t -> t.call() instanceof Gemm);
    }

    private void writeHead(JavaText out) {
        List<String> types = new ArrayList<>(IMPORTS);
        if (callsLibraries()) {
            types.add("uk.ac.manchester.tornado.cublas.CuBlas");
        }
        if (callsLibraries()) {
            String operations = "uk.ac.manchester.tornado.cublas.enums.CuBlasOperation.";
            OPERATIONS.forEach(name -> out.line("import static " + operations + name + ";"));
            out.blank();
        }
        types.forEach(type -> out.line("import " + type + ";"));
        out.blank();
        out.line("/**");
        out.line(" * The model " + plan.name() + ", compiled by Heddle for TornadoVM. It needs tornado-api and "
                + (callsLibraries() ? "tornado-cublas." : "nothing else."));
        out.line(" *");
        out.line(
                " * <p>Tensors are dense and row-major. Segments hold weights as the fields below say, other sixteen-bit floats as");
        out.line(
                " * float, bools as one byte. Compile with {@code javac -g} and run from a directory on the class path with the SDK's");
        out.line(" * argument file:");
        out.line(" *");
        out.line(" * <pre>java @$TORNADOVM_HOME/tornado-argfile "
                + (callsLibraries() ? "--add-modules tornado.cublas " : "")
                + TornadoSettings.options() + " -cp . " + className()
                + " " + StandaloneMain.arguments(plan) + "</pre>");
        out.line(" */");
    }

    private void writeFields(JavaText out) {
        out.open("static");
        out.line(
                "// Read when TornadoVM starts. A kernel that does not compile is an error, not run one thread after another,");
        out.line("// and sin, cos and sqrt are the exact ones.");
        TornadoSettings.required().forEach((name, value) -> setting(name, value, out));
        setting("tornado.tvm.maxbytecodesize", "65536", out);
        out.close();
        out.blank();
        for (DeviceArrays.Field f : arrays.fields()) {
            out.line("/** " + f.holds().stream().map(HostClass::held).collect(Collectors.joining(", then ")) + " */");
            out.line("private final " + f.storage().array() + " " + f.name() + ";");
        }
        out.blank();
        out.line("private final KernelContext context = new KernelContext();");
        out.line("private final GridScheduler grid = new GridScheduler();");
        out.line("private final TornadoExecutionPlan plan;");
        plan.lengths().forEach(s -> out.line("private final int " + Lengths.variable(s) + ";"));
    }

    private static String held(Buffer b) {
        return b + " : " + b.type()
                + (b.stored().isPacked() ? " as " + b.stored().text() : "");
    }

    private static void setting(String name, String value, JavaText out) {
        out.line("System.setProperty(\"" + name + "\", System.getProperty(\"" + name + "\", \"" + value + "\"));");
    }

    private void writeConstructor(JavaText out) {
        out.blank();
        out.line("/**");
        out.line(" * Makes the arrays and sends nothing yet.");
        out.line(" *");
        out.line(" * @param lengths "
                + (plan.lengths().isEmpty() ? "none, all are known" : "by name: " + String.join(", ", plan.lengths())));
        out.line(" * @param weights by name; their elements are copied");
        out.line(" */");
        out.open("public " + className() + "(Map<String, Long> lengths, Map<String, MemorySegment> weights)");
        plan.lengths().forEach(s -> out.line(Lengths.variable(s) + " = length(lengths, \"" + s + "\");"));
        for (DeviceArrays.Field f : arrays.fields()) {
            String sizes = f.sizes().stream().map(Lengths::size).collect(Collectors.joining(", "));
            out.line(f.name() + " = new " + f.storage().array() + "(elements(\"" + f.name() + "\", " + sizes + "));");
        }
        plan.weights()
                .forEach(
                        (name, b) -> copy("weight", name, b, "weights.get(\"" + quoted(name) + "\")", segment(b), out));
        plan.constants()
                .forEach(c ->
                        out.line(ConstantMethods.call(c, arrays.of(c.buffer()).name())));
        if (!prepare.isEmpty()) {
            out.line("prepare();");
        }
        String graphs = run.stream().map(g -> g.method() + "().snapshot()").collect(Collectors.joining(", "));
        out.line("plan = " + (run.isEmpty() ? "null" : "new TornadoExecutionPlan(" + graphs + ")") + ";");
        if (!run.isEmpty()) {
            out.line("// Without fast math, which is the default: infinities and NaN mean something here.");
            out.line("plan" + scheduler(run) + ".withCompilerFlags(TornadoVMBackendType.OPENCL, \"-w\");");
        }
        out.close();
        if (!prepare.isEmpty()) {
            writePrepare(out);
        }
    }

    private void writePrepare(JavaText out) {
        out.blank();
        out.line("/** Computes what depends on weights alone, once. */");
        out.open("private void prepare()");
        String graphs =
                prepare.stream().map(g -> g.method() + "Graph().snapshot()").collect(Collectors.joining(", "));
        out.open("try (TornadoExecutionPlan once = new TornadoExecutionPlan(" + graphs + "))");
        for (int i = 0; i < prepare.size(); i++) {
            out.line("once.withGraph(" + i + ")" + scheduler(prepare));
            out.line("        .withCompilerFlags(TornadoVMBackendType.OPENCL, \"-w\").execute();");
        }
        out.close("} catch (TornadoExecutionPlanException e) {");
        out.line("    throw new IllegalStateException(e);");
        out.line("}");
        out.close();
    }

    /** TornadoVM refuses grids that no task has. */
    private static String scheduler(List<TaskGraphs.TaskGraph> graphs) {
        return graphs.stream().flatMap(g -> g.tasks().stream()).allMatch(t -> t.call() instanceof Gemm)
                ? ""
                : ".withGridScheduler(grid)";
    }

    private void writeRun(JavaText out) {
        out.blank();
        out.line("/**");
        out.line(" * Computes the outputs.");
        out.line(" *");
        out.line(" * @param inputs  by name: " + described(plan.inputs()));
        out.line(" * @param outputs by name, of the right size, filled here: " + described(plan.outputs()));
        out.line(" */");
        out.open("public void run(Map<String, MemorySegment> inputs, Map<String, MemorySegment> outputs)");
        out.line("run(inputs, outputs, graph -> {});");
        out.close();
        out.blank();
        out.line("/** The same; {@code started} is told the number of each task graph before it is executed. */");
        out.open("public void run("
                + "Map<String, MemorySegment> inputs, Map<String, MemorySegment> outputs, IntConsumer started)");
        plan.inputs()
                .forEach((name, b) -> copy("input", name, b, "inputs.get(\"" + quoted(name) + "\")", segment(b), out));
        for (int i = 0; i < run.size(); i++) {
            out.line("started.accept(" + i + ");");
            out.line("plan.withGraph(" + i + ").execute();");
        }
        plan.outputs()
                .forEach(
                        (name, b) -> copy("output", name, b, segment(b), "outputs.get(\"" + quoted(name) + "\")", out));
        out.close();
    }

    private static void copy(String kind, String name, Buffer b, String from, String to, JavaText out) {
        String elements = Lengths.size(b.type().shape().size());
        out.line("copy(\"the " + kind + " " + quoted(name) + "\", " + elements + ", " + from + ", " + to + ");");
    }

    private String segment(Buffer b) {
        return arrays.of(b).name() + ".getSegment()";
    }

    private static String described(Map<String, Buffer> tensors) {
        return tensors.entrySet().stream()
                .map(e -> e.getKey() + " " + e.getValue().type())
                .collect(Collectors.joining(", "));
    }

    private void writeClose(JavaText out) {
        out.blank();
        out.line("/** Frees the device's memory. */");
        out.line("@Override");
        out.open("public void close()");
        if (!run.isEmpty()) {
            out.line("try {");
            out.line("    plan.close();");
            out.line("} catch (TornadoExecutionPlanException e) {");
            out.line("    throw new IllegalStateException(e);");
            out.line("}");
        }
        out.close();
    }

    private void writeGraph(TaskGraphs.TaskGraph graph, JavaText out) {
        boolean once = prepare.contains(graph);
        out.blank();
        out.open("private TaskGraph " + graph.method() + (once ? "Graph" : "") + "()");
        for (TaskGraphs.Task task : graph.tasks()) {
            if (task.call() instanceof KernelMethods.Call kernel) {
                Grid g = kernel.grid();
                out.line("grid.addWorkerGrid(\"" + graph.name() + "." + task.name() + "\", groups("
                        + Lengths.size(g.groups()) + ", " + g.threads() + "));");
            }
        }
        for (TaskGraphs.Task task : graph.tasks()) {
            if (task.call() instanceof Gemm) {
                task.kernel().comments().forEach(c -> out.line("// " + task.name() + ": " + JavaText.comment(c)));
            }
        }
        List<String> calls = new ArrayList<>();
        transfer("transferToDevice(DataTransferMode.FIRST_EXECUTION", graph.once(), calls);
        transfer("transferToDevice(DataTransferMode.EVERY_EXECUTION", graph.always(), calls);
        transfer("consumeFromDevice(\"" + graph.name() + "\"", graph.kept(), calls);
        graph.tasks().forEach(t -> calls.add(task(t)));
        transfer("persistOnDevice(", graph.persist(), calls);
        transfer("transferToHost(DataTransferMode.EVERY_EXECUTION", graph.results(), calls);
        out.line("return new TaskGraph(\"" + graph.name() + "\")");
        for (int i = 0; i < calls.size(); i++) {
            out.line("        ." + calls.get(i) + (i == calls.size() - 1 ? ";" : ""));
        }
        out.close();
    }

    private static void transfer(String head, Collection<String> names, List<String> calls) {
        if (!names.isEmpty()) {
            calls.add(head + (head.endsWith("(") ? "" : ", ") + String.join(", ", names) + ")");
        }
    }

    private String task(TaskGraphs.Task task) {
        List<String> arguments = new ArrayList<>(List.of("\"" + task.name() + "\""));
        switch (task.call()) {
            case KernelMethods.Call kernel -> {
                arguments.addAll(List.of(className() + "::" + kernel.method(), "context"));
                kernel.arrays().forEach(b -> arguments.add(arrays.of(b).name()));
                arguments.addAll(kernel.lengths().passed());
                return "task(" + String.join(", ", arguments) + ")";
            }
            case Gemm gemm -> {
                arguments.add("CuBlas::" + gemm.function());
                String rest = String.join(
                        ",\n                ", gemm.arguments(b -> arrays.of(b).name()));
                return "libraryTask(" + String.join(", ", arguments) + ",\n                " + rest + ")";
            }
        }
    }

    private static String quoted(String name) {
        return name.replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
