package heddle.cli.page;

import heddle.compiler.Compilation;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.jvm.JavaSource;
import heddle.compiler.backend.jvm.JvmWriter;
import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.backend.tornado.host.TornadoSource;
import heddle.compiler.inspect.AttentionRole;
import heddle.compiler.inspect.CodeLinks;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.schedule.machine.Device;
import heddle.compiler.schedule.machine.Machine;
import heddle.compiler.schedule.machine.Processor;
import heddle.compiler.tile.TileKernel;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.tornado.DeviceWriter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The sections {@code java.jvm} and {@code java.tornado}: the generated class, and which of its lines are for which kernel. A target
 * that the report is not for is compiled for too, for any of its machines.
 */
final class JavaSection {
    private JavaSection() {}

    static Map<String, Object> jvm(Inspected in) {
        Machine machine = in.machine().orElse(Processor.USUAL);
        Processor processor = machine instanceof Processor p ? p : Processor.USUAL;
        Plan plan = plan(in, "jvm", SchedulePolicy.of(processor));
        JavaSource source = new JvmWriter(processor).write(plan);
        Map<Integer, TileKernel> first = new HashMap<>();
        Map<String, TileKernel> written = new HashMap<>();
        Stream.concat(source.prepare().stream(), source.launches().stream())
                .forEach(call ->
                        written.put(call.kernel().name(), first.computeIfAbsent(call.entry(), e -> call.kernel())));
        return section(
                in,
                source.className(),
                source.text(),
                source.marks(),
                written,
                "vectors of " + processor.lanes() + " floats");
    }

    static Map<String, Object> tornado(Inspected in) {
        TornadoTarget target =
                in.machine().orElse(Device.GPU) instanceof Device d ? TornadoTarget.of(d) : TornadoTarget.GPU;
        try {
            TornadoSource source = DeviceWriter.source(plan(in, "tornado", new DevicePolicy(target)), target);
            Map<String, TileKernel> first = new HashMap<>();
            Map<String, TileKernel> written = new HashMap<>();
            for (TornadoSource.Task task : source.tasks()) {
                if (task.work() instanceof TornadoSource.KernelLaunch launch) {
                    written.put(task.kernel().name(), first.computeIfAbsent(launch.method(), m -> task.kernel()));
                }
            }
            return section(
                    in,
                    source.className(),
                    source.text(),
                    source.marks(),
                    written,
                    target.device().name());
        } catch (DiagnosticException e) {
            return Map.of("problem", e.getMessage());
        }
    }

    private static Plan plan(Inspected in, String target, SchedulePolicy policy) {
        Compilation compilation =
                in.target().equals(target) ? in.compilation() : in.model().compilation(Fusion.FUSED, policy);
        return compilation.plan();
    }

    /** @param written the kernel that the method of each kernel was written for, by name */
    private static Map<String, Object> section(
            Inspected in,
            String className,
            String text,
            List<JavaText.Mark> marks,
            Map<String, TileKernel> written,
            String machine) {
        Map<TileKernel, CodeLinks> links = CodeLinks.of(text, marks);
        Map<String, Integer> numbers = new HashMap<>();
        List<Object> methods = new ArrayList<>();
        links.forEach((kernel, of) -> {
            numbers.put(kernel.name(), methods.size());
            methods.add(method(of));
        });
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", className + ".java");
        fields.put("machine", machine);
        fields.put("text", text);
        fields.put("classes", CodeTokens.CLASSES);
        fields.put("tokens", CodeTokens.ofJava(text));
        fields.put(
                "kernels",
                in.kernels().stream()
                        .map(k -> written.get(k.name()))
                        .map(k -> k == null ? -1 : numbers.getOrDefault(k.name(), -1))
                        .toList());
        fields.put("methods", methods);
        return fields;
    }

    private static Map<String, Object> method(CodeLinks links) {
        Map<AttentionRole, List<List<Integer>>> roles = new EnumMap<>(AttentionRole.class);
        links.roles().forEach((role, lines) -> roles.put(role, runs(lines)));
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("lines", runs(links.lines()));
        fields.put("roles", TilesSection.named(roles));
        return fields;
    }

    private static List<List<Integer>> runs(List<CodeLinks.Lines> lines) {
        return lines.stream().map(l -> List.of(l.first(), l.last())).toList();
    }
}
