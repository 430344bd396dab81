package heddle.compiler.backend.jvm;

import heddle.compiler.backend.emit.Captures;
import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.emit.KernelForm;
import heddle.compiler.backend.emit.Names;
import heddle.compiler.backend.jvm.text.ClassText;
import heddle.compiler.backend.jvm.text.Locals;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.schedule.machine.Processor;
import heddle.compiler.scheduled.ProcessorScheduler;
import heddle.compiler.scheduled.ScheduledKernel;
import heddle.compiler.tile.LoopId;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/** Writes the method that calls a kernel: a loop over some of the kernel's blocks. */
final class EntryMethod {
    private final TileKernel kernel;
    private final List<Buffer> buffers;
    private final String name;
    private final Set<String> symbols;
    private final int tiles;

    /** Writes the method, and those it calls, into {@code members}. */
    EntryMethod(TileKernel kernel, KernelForm form, Processor target, ClassText members) {
        this.kernel = kernel;
        this.buffers = form.buffers();
        this.name = members.methodName(kernel.name());
        this.symbols = Captures.lengths(kernel);
        Locals locals = new Locals();
        List.of(TileOffsets.ARRAY, TileOffsets.AT).forEach(locals::fresh);
        symbols.forEach(s -> locals.fresh(Names.length(s)));
        buffers.forEach(locals::buffer);
        ScheduledKernel scheduled = ProcessorScheduler.schedule(kernel, target.lanes());
        this.tiles = TileOffsets.size(kernel, scheduled.tiles());
        members.about(
                scheduled, () -> write(KernelScope.of(scheduled, target, members, name, locals), members.method()));
    }

    private void write(KernelScope scope, JavaText text) {
        KernelForm.writeComment(kernel, "", text);
        List<String> parameters = new ArrayList<>();
        for (Buffer b : buffers) {
            Locals.Array a = scope.locals().array(b);
            parameters.add(Locals.arrayType(b) + " " + a.array());
            parameters.add("int " + a.offset());
        }
        symbols.forEach(s -> parameters.add("long " + Names.length(s)));
        if (tiles > 0) {
            parameters.addAll(List.of("float[] " + TileOffsets.ARRAY, "int " + TileOffsets.AT));
        }
        text.open("static void " + name + "(" + String.join(", ", parameters) + ", long from, long to)");
        TileOffsets offsets = new TileOffsets(scope);
        offsets.declareTiles(text);
        text.open("for (long block = from; block < to; block++)");
        writeIndexes(scope, text);
        ActionCode.entry(scope, offsets, text).write(scope.scheduled().body());
        text.close().close();
    }

    /** Splits the number of a block into the indices of the parallel axes, of which the last moves fastest. */
    private void writeIndexes(KernelScope scope, JavaText text) {
        List<Axis> counted =
                kernel.parallel().stream().filter(a -> !blocks(a).is(1)).toList();
        String rest = inBands(counted, scope.locals(), text).orElse("block");
        for (Axis axis : kernel.parallel().reversed()) {
            if (!counted.contains(axis)) {
                writeIndex(scope, text, axis, "0");
                continue;
            }
            boolean last = axis.equals(counted.getFirst());
            String count = ScalarCode.operand(Locals.length(blocks(axis)));
            String number = last ? rest : rest + " % " + count;
            boolean backwards = kernel.schedule().isDown(LoopId.of(axis));
            writeIndex(scope, text, axis, backwards ? count + " - 1 - " + ScalarCode.operand(number) : number);
            if (last) {
                continue;
            }
            rest = ScalarCode.operand(rest) + " / " + count;
            if (!axis.equals(counted.get(1))) {
                String outer = scope.locals().fresh("rest");
                text.line("long " + outer + " = " + rest + ";");
                rest = outer;
            }
        }
    }

    /** Where blocks go in bands, the number that a block would have if they did not. */
    private Optional<String> inBands(List<Axis> counted, Locals locals, JavaText text) {
        if (counted.size() < 2 || !counted.getLast().equals(kernel.parallel().getLast())) {
            return Optional.empty();
        }
        Axis inner = counted.getLast();
        OptionalInt band = kernel.schedule().band(LoopId.of(inner));
        if (band.isEmpty()) {
            return Optional.empty();
        }
        int most = band.getAsInt();
        Dim outer = blocks(counted.get(counted.size() - 2));
        String down = ScalarCode.operand(Locals.length(blocks(inner)));
        String across = ScalarCode.operand(Locals.length(outer));
        String both = ScalarCode.operand(Locals.length(blocks(inner).times(outer)));
        boolean all = counted.size() == 2;
        String in = locals.fresh("in");
        String first = locals.fresh("first");
        String size = locals.fresh("size");
        String place = locals.fresh("place");
        text.line("long " + in + " = block" + (all ? "" : " % " + both) + ";");
        text.line("long " + first + " = " + in + " / (" + across + " * " + most + ") * " + most + ";");
        text.line("long " + size + " = Math.min(" + most + ", " + down + " - " + first + ");");
        text.line(in + " -= " + first + " * " + across + ";");
        text.line("long " + place + " = " + (all ? "" : "block / " + both + " * " + both + " + ") + in + " / " + size
                + " * " + down + " + " + first + " + " + in + " % " + size + ";");
        return Optional.of(place);
    }

    private void writeIndex(KernelScope scope, JavaText text, Axis axis, String number) {
        if (!kernel.isBlocked(axis)) {
            String index = scope.locals().fresh(axis.name());
            scope.locals().bind(axis, index);
            text.line("long " + index + " = " + number + ";");
            return;
        }
        int size = kernel.block(axis);
        String from = scope.locals().fresh(KernelScope.from(axis));
        String to = scope.locals().fresh(KernelScope.to(axis));
        if (number.equals("0")) {
            text.line("int " + from + " = 0;");
            text.line("int " + to + " = " + KernelScope.extent(axis) + ";");
        } else {
            text.line("int " + from + " = (int) (" + number + ") * " + size + ";");
            text.line("int " + to + " = (int) Math.min(" + from + " + " + size + ", " + Locals.length(axis.extent())
                    + ");");
        }
    }

    private Dim blocks(Axis axis) {
        return axis.extent().ceilDiv(Dim.of(kernel.block(axis)));
    }

    /** Floats that a thread needs for tiles. */
    int tiles() {
        return tiles;
    }

    /** How many blocks there are: none where there is nothing to do. */
    String count() {
        String all = Locals.length(kernel.parallel().stream().map(this::blocks).reduce(Dim.ONE, Dim::times));
        String idle = kernel.program().needed().stream()
                .map(length -> ScalarCode.operand(Locals.length(length)) + " == 0")
                .collect(Collectors.joining(" || "));
        return idle.isEmpty() ? all : idle + " ? 0 : " + all;
    }

    /** The call with arguments taken from the arrays and offsets of {@code run}. */
    String call() {
        List<String> arguments = new ArrayList<>();
        for (int i = 0; i < buffers.size(); i++) {
            arguments.add("(" + Locals.arrayType(buffers.get(i)) + ") arrays[" + i + "], offsets[" + i + "]");
        }
        symbols.forEach(s -> arguments.add(Names.length(s)));
        if (tiles > 0) {
            arguments.addAll(List.of(TileOffsets.ARRAY, TileOffsets.AT));
        }
        arguments.add("from, to");
        return name + "(" + String.join(", ", arguments) + ")";
    }
}
