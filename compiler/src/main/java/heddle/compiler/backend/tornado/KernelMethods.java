package heddle.compiler.backend.tornado;

import heddle.compiler.backend.emit.Captures;
import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.emit.KernelForm;
import heddle.compiler.backend.emit.Names;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scheduled.Grid;
import heddle.compiler.scheduled.LocalArray;
import heddle.compiler.scheduled.ScheduledKernel;
import heddle.compiler.scheduled.group.DeviceScheduler;
import heddle.compiler.tile.KernelAxes;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes the kernels of a file, each as a static method. Kernels that differ only in their buffers become one method.
 */
public final class KernelMethods {
    /** Everything needed to launch a task. */
    public record Call(String method, Grid grid, long localBytes, List<Buffer> arrays, LengthArguments lengths)
            implements TaskCall {}

    /** A method that is written. */
    private record Method(String name, Grid grid, long localBytes, LengthArguments lengths) {}

    private final TornadoTarget target;
    private final Names names = new Names();
    private final Map<KernelForm.Key, Method> known = new HashMap<>();
    private final List<JavaText> methods = new ArrayList<>();
    private final Set<DeviceFunction> functions = EnumSet.noneOf(DeviceFunction.class);

    public KernelMethods(TornadoTarget target) {
        this.target = target;
        List.of("run", "main", "close", "floats").forEach(names::unique);
        for (DeviceFunction f : DeviceFunction.values()) {
            names.unique(f.methodName());
        }
    }

    /** The call of a kernel, whose method is written when it is new. */
    public Call call(TileKernel kernel) {
        KernelForm form = KernelForm.of(kernel);
        Method method = known.computeIfAbsent(form.key(), key -> write(kernel, form));
        return new Call(method.name, method.grid, method.localBytes, form.buffers(), method.lengths);
    }

    private Method write(TileKernel kernel, KernelForm form) {
        ScheduledKernel scheduled = DeviceScheduler.schedule(kernel);
        long local = scheduled.localBytes();
        if (local > target.device().local()) {
            throw KernelTooLarge.memory(kernel, local, target.device().local());
        }
        Grid grid = scheduled.grid().orElseThrow();
        String name = names.unique(kernel.name());
        Set<Dim> extents = KernelAxes.of(kernel).stream().map(Axis::extent).collect(Collectors.toSet());
        DeviceScope scope = new DeviceScope(functions, extents);
        List.of("context", "zero").forEach(scope::fresh);
        Set<String> lengths = Captures.lengths(kernel);
        lengths.forEach(symbol -> scope.fresh(Lengths.variable(symbol)));
        LengthArguments passed =
                LengthArguments.of(List.copyOf(lengths), form.buffers().size());
        int arguments = 1 + form.buffers().size() + passed.count();
        if (arguments > LengthArguments.MOST) {
            throw KernelTooLarge.arguments(kernel, arguments, LengthArguments.MOST);
        }
        Map<String, String> pairs = new HashMap<>();
        List<String> parameters = new ArrayList<>(List.of("KernelContext context"));
        for (Buffer b : form.buffers()) {
            parameters.add(Storage.of(b.stored()).array() + " " + scope.array(b));
        }
        parameters.addAll(passed.parameters(pair -> pairs.computeIfAbsent(pair, scope::fresh)));
        JavaText text = new JavaText(1);
        String blocks = kernel.schedule().blocks().isEmpty()
                ? ""
                : "; blocks " + kernel.schedule().blocksText();
        String threads = grid.threads() == 1 ? "one thread" : grid.threads() + " threads";
        String memory = local == 0 ? "" : ", " + local + " bytes of local memory";
        KernelForm.writeComment(kernel, blocks + "; groups of " + threads + memory + ".", text);
        text.open("public static void " + name + "(" + String.join(", ", parameters) + ")");
        passed.unpacked(pairs::get).forEach(text::line);
        for (LocalArray array : scheduled.shared()) {
            Storage storage = Storage.of(array.buffer().stored());
            text.line(
                    storage.element() + "[] " + scope.array(array) + " = " + storage.allocate(array.elements()) + ";");
        }
        new ThreadCode(scope, text).write(scheduled.body());
        methods.add(text.close().allAbout(scheduled));
        return new Method(name, grid, local, passed);
    }

    public void write(JavaText out) {
        methods.forEach(m -> out.blank().append(m));
        functions.forEach(f -> out.blank().line(f.text()));
    }
}
