package heddle.compiler.backend.tornado.host;

import heddle.compiler.backend.tornado.Lengths;
import heddle.compiler.backend.tornado.Storage;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.schedule.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes the parts of a file that let it run alone: lengths, copies, {@code .safetensors} files, a main method. */
final class StandaloneMain {
    private static final String WEIGHTS = "weights.safetensors";
    private static final String INPUTS = "inputs.safetensors";
    private static final String OUTPUTS = "outputs.safetensors";

    private StandaloneMain() {}

    /** The files that the main method takes, in order: those that it reads where there is something to read. */
    private static List<String> files(Plan plan) {
        List<String> files = new ArrayList<>();
        if (!plan.weights().isEmpty()) {
            files.add(WEIGHTS);
        }
        if (!plan.inputs().isEmpty()) {
            files.add(INPUTS);
        }
        files.add(OUTPUTS);
        return files;
    }

    /** The arguments of the main method, as its documentation shows them. */
    static String arguments(Plan plan) {
        return Stream.concat(files(plan).stream(), plan.lengths().stream().map(s -> s + "=…"))
                .collect(Collectors.joining(" "));
    }

    /** The members of the class. */
    static String text(Plan plan, String className) {
        String shapes = plan.outputs().entrySet().stream()
                .map(e -> "    tensors.put(\"" + e.getKey() + "\", tensor(\""
                        + e.getValue().stored() + "\", "
                        + Storage.of(e.getValue().stored()).bytes() + shape(e.getValue()) + "));")
                .collect(Collectors.joining("\n"));
        List<String> files = files(plan);
        return TEXT.replace("$CLASS", className)
                .replace("$ARGUMENTS", arguments(plan))
                .replace(
                        "$LENGTHS",
                        plan.lengths().stream().map(s -> '"' + s + '"').collect(Collectors.joining(", ")))
                .replace("$FILES", String.valueOf(files.size()))
                .replace("$READ_WEIGHTS", read(files, WEIGHTS))
                .replace("$READ_INPUTS", read(files, INPUTS))
                .replace("$WRITTEN", String.valueOf(files.indexOf(OUTPUTS)))
                .replace("$OUTPUTS", shapes)
                .stripTrailing();
    }

    private static String read(List<String> files, String file) {
        int at = files.indexOf(file);
        return at < 0 ? "Map.of()" : "read(Path.of(args[" + at + "]))";
    }

    private static String shape(Buffer b) {
        return b.type().shape().dims().stream()
                .map(d -> ", " + Lengths.size(d, s -> "(long) length(lengths, \"" + s + "\")"))
                .collect(Collectors.joining());
    }

    private static final String TEXT = """
        private static int length(Map<String, Long> lengths, String symbol) {
            Long length = lengths.get(symbol);
            if (length == null || length < 0 || length > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "the length " + symbol + " is " + (length == null ? "missing" : length));
            }
            return length.intValue();
        }

        /** The elements of an array that holds the largest of some tensors; an array has one at least. */
        private static int elements(String array, long... sizes) {
            long most = 1;
            for (long size : sizes) {
                most = Math.max(most, size);
            }
            if (most > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(array + " has " + most + " elements, more than an array can have");
            }
            return (int) most;
        }

        private static WorkerGrid1D groups(long groups, int threads) {
            long all = Math.max(1, groups) * threads;
            if (all > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(all + " threads are more than a grid can have");
            }
            WorkerGrid1D grid = new WorkerGrid1D((int) all);
            grid.setLocalWork(threads, 1, 1);
            return grid;
        }

        /** Copies a tensor between its array and the caller's segment; a tensor without elements has an array of one. */
        private static void copy(String what, long elements, MemorySegment from, MemorySegment to) {
            if (from == null || to == null) {
                throw new IllegalArgumentException(what + " is missing");
            }
            long bytes = Math.min(from.byteSize(), to.byteSize());
            if (elements == 0 ? bytes != 0 : from.byteSize() != to.byteSize()) {
                throw new IllegalArgumentException(
                        what + " has " + from.byteSize() + " bytes, not " + (elements == 0 ? 0 : to.byteSize()));
            }
            MemorySegment.copy(from, 0, to, 0, bytes);
        }

        /** {@code $CLASS $ARGUMENTS} */
        public static void main(String[] args) throws IOException {
            Map<String, Long> lengths = new LinkedHashMap<>();
            for (int i = $FILES; i < args.length; i++) {
                String[] length = args[i].split("=", 2);
                lengths.put(length[0], length.length < 2 ? null : Long.valueOf(length[1]));
            }
            if (args.length < $FILES || !lengths.keySet().equals(java.util.Set.of($LENGTHS))) {
                throw new IllegalArgumentException("usage: $CLASS $ARGUMENTS");
            }
            Map<String, Tensor> outputs = outputs(lengths);
            Map<String, MemorySegment> results = new LinkedHashMap<>();
            outputs.forEach((name, tensor) -> results.put(name, tensor.elements()));
            try ($CLASS model = new $CLASS(lengths, $READ_WEIGHTS)) {
                model.run($READ_INPUTS, results);
            }
            write(outputs, Path.of(args[$WRITTEN]));
        }

        private record Tensor(String type, long[] shape, MemorySegment elements) {}

        private static Tensor tensor(String type, int bytes, long... shape) {
            long size = bytes;
            for (long length : shape) {
                size *= length;
            }
            return new Tensor(type, shape, Arena.ofAuto().allocate(size, 8));
        }

        private static Map<String, Tensor> outputs(Map<String, Long> lengths) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
        $OUTPUTS
            return tensors;
        }

        /** The tensors of a .safetensors file, as they lie in it. */
        private static Map<String, MemorySegment> read(Path file) throws IOException {
            Map<String, MemorySegment> tensors = new LinkedHashMap<>();
            try (FileChannel channel = FileChannel.open(file)) {
                MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
                long header = all.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
                byte[] json = all.asSlice(8, header).toArray(ValueLayout.JAVA_BYTE);
                Matcher tensor = Pattern.compile("\\"([^\\"]+)\\"\\\\s*:\\\\s*\\\\{[^{}]*\\"data_offsets\\"\\\\s*:"
                                + "\\\\s*\\\\[\\\\s*(\\\\d+)\\\\s*,\\\\s*(\\\\d+)\\\\s*\\\\]")
                        .matcher(new String(json, StandardCharsets.UTF_8));
                while (tensor.find()) {
                    long from = Long.parseLong(tensor.group(2));
                    long to = Long.parseLong(tensor.group(3));
                    tensors.put(tensor.group(1), all.asSlice(8 + header + from, to - from));
                }
            }
            return tensors;
        }

        private static void write(Map<String, Tensor> tensors, Path file) throws IOException {
            StringBuilder json = new StringBuilder("{");
            long at = 0;
            for (Map.Entry<String, Tensor> e : tensors.entrySet()) {
                Tensor t = e.getValue();
                json.append(json.length() == 1 ? "" : ",").append('"').append(e.getKey()).append("\\":{\\"dtype\\":\\"");
                json.append(t.type()).append("\\",\\"shape\\":").append(java.util.Arrays.toString(t.shape()));
                json.append(",\\"data_offsets\\":[").append(at).append(',').append(at += t.elements().byteSize());
                json.append("]}");
            }
            json.append("}").append(" ".repeat((8 - json.length() % 8) % 8));
            byte[] header = json.toString().getBytes(StandardCharsets.UTF_8);
            Path part = file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid() + ".part");
            Files.deleteIfExists(part);
            try (FileChannel channel =
                    FileChannel.open(part, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
                ByteBuffer length = ByteBuffer.allocate(8).order(java.nio.ByteOrder.LITTLE_ENDIAN);
                channel.write(length.putLong(0, header.length));
                channel.write(ByteBuffer.wrap(header));
                for (Tensor t : tensors.values()) {
                    channel.write(t.elements().asByteBuffer());
                }
            }
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        }
        """;
}
