package heddle.runtime.tornado;

import java.util.List;
import java.util.function.IntFunction;

/** Generated code as the writer would give it, for a plan of two kernels, whose second one does as a test says. */
final class ScriptedProgram {
    private static final String TEXT = """
            import java.lang.foreign.MemorySegment;
            import java.lang.foreign.ValueLayout;
            import java.util.Map;
            import java.util.function.IntConsumer;

            public final class Scripted implements AutoCloseable {
                private final long n;
                private final float w;

                public Scripted(Map<String, Long> lengths, Map<String, MemorySegment> weights) {
                    n = lengths.get("N");
                    w = weights.get("w").get(ValueLayout.JAVA_FLOAT, 0);
                    System.out.println("weights are there");
                }

                public void run(
                        Map<String, MemorySegment> inputs, Map<String, MemorySegment> outputs, IntConsumer started)
                        throws Exception {
                    $GRAPHS
                    for (long i = 0; i < n; i++) {
                        float x = inputs.get("x").getAtIndex(ValueLayout.JAVA_FLOAT, i);
                        outputs.get("y").setAtIndex(ValueLayout.JAVA_FLOAT, i, x * w);
                    }
                }

                static class TornadoOutOfMemoryException extends RuntimeException {
                    TornadoOutOfMemoryException(String message) {
                        super(message);
                    }
                }

                static class TornadoBailoutRuntimeException extends RuntimeException {
                    TornadoBailoutRuntimeException(String message) {
                        super(message);
                    }
                }

                @Override
                public void close() {}
            }
            """;

    private static final DeviceCode.Kernel GOOD =
            new DeviceCode.Kernel("map_0", "map", List.of("%1 = mul(%0, %0)  // model.heddle:3:5"));
    private static final DeviceCode.Kernel SCRIPTED =
            new DeviceCode.Kernel("attention_1", "attention", List.of("%2 = attention(%1)  // model.heddle:4:9"));

    private ScriptedProgram() {}

    /** @param statement what the second kernel does */
    static IntFunction<DeviceCode> of(String statement) {
        return ofBoth("", statement);
    }

    /** @param first what the first kernel does @param second what the second does */
    static IntFunction<DeviceCode> ofBoth(String first, String second) {
        return tasks -> tasks == 1
                ? code(
                        "started.accept(0); " + first + "started.accept(1); " + second,
                        List.of(new DeviceCode.Graph(List.of(GOOD)), new DeviceCode.Graph(List.of(SCRIPTED))))
                : code("started.accept(0); " + first + second, List.of(new DeviceCode.Graph(List.of(GOOD, SCRIPTED))));
    }

    private static DeviceCode code(String graphs, List<DeviceCode.Graph> described) {
        return new DeviceCode("Scripted", TEXT.replace("$GRAPHS", graphs), described);
    }
}
