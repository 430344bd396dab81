package heddle.compiler.backend.jvm;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.emit.KernelForm;
import heddle.compiler.backend.emit.Names;
import heddle.compiler.backend.jvm.text.ClassText;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.machine.Processor;
import heddle.compiler.tile.TileKernel;
import heddle.dsl.DeepStack;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes a plan as a Java class that computes with the Vector API. */
public record JvmWriter(Processor target) {
    /** The plan's kernels as one class; kernels that differ only in their buffers become one method. */
    public JavaSource write(Plan plan) {
        return DeepStack.call(() -> written(plan));
    }

    private JavaSource written(Plan plan) {
        ClassText members = new ClassText();
        List<EntryMethod> entries = new ArrayList<>();
        Map<KernelForm.Key, Integer> known = new HashMap<>();
        List<JavaSource.Call> prepare = calls(plan.prepare(), members, entries, known);
        List<JavaSource.Call> launches = calls(plan.launches(), members, entries, known);
        String className = Names.identifier(plan.name()) + "Plan";
        JavaText text = new CompilationUnit(target, plan, className).text(members, entries);
        return new JavaSource(
                className, text.toString(), prepare, launches, CompilationUnit.tiles(entries), text.marks());
    }

    private List<JavaSource.Call> calls(
            List<TileKernel> kernels,
            ClassText members,
            List<EntryMethod> entries,
            Map<KernelForm.Key, Integer> known) {
        List<JavaSource.Call> calls = new ArrayList<>();
        for (TileKernel kernel : kernels) {
            KernelForm form = KernelForm.of(kernel);
            Integer entry = known.get(form.key());
            if (entry == null) {
                entry = entries.size();
                known.put(form.key(), entry);
                entries.add(new EntryMethod(kernel, form, target, members));
            }
            List<Buffer> arguments = form.buffers();
            calls.add(new JavaSource.Call(kernel, entry, arguments));
        }
        return calls;
    }
}
