package heddle.tests.tornado;

import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.schedule.Plan;
import heddle.runtime.CompileOptions;
import heddle.runtime.Heddle;
import heddle.runtime.Program;
import heddle.runtime.cache.CacheDirectory;
import heddle.runtime.code.ClassCache;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.tornado.DeviceWriter;
import heddle.runtime.tornado.TornadoOptions;
import heddle.runtime.tornado.TornadoPlatform;
import heddle.runtime.tornado.TornadoProgram;
import java.util.Map;

/**
 * What generated device code is tried on: the double, or, where {@code HEDDLE_TEST_DEVICE=true} asks for it, the first
 * device of the SDK that {@code TORNADOVM_HOME} names.
 */
final class TestDevice {
    static final boolean REAL = "true".equals(System.getenv("HEDDLE_TEST_DEVICE"));

    private TestDevice() {}

    static Program load(Plan plan, TornadoTarget limits, Map<String, Tensor> weights) {
        return REAL
                ? TornadoProgram.load(plan, new DeviceWriter(plan, limits), weights, Real.options(limits))
                : new DoubleProgram(plan, limits, weights);
    }

    /** Whether it calls cuBLAS: the double does, a real one when it is NVIDIA's. */
    static boolean callsLibraries() {
        return !REAL
                || Real.OPTIONS.device().filter(d -> d.api().equals("CUDA")).isPresent();
    }

    /** The real one, looked for once. */
    private static final class Real {
        static final TornadoOptions OPTIONS = options();

        static TornadoOptions options(TornadoTarget limits) {
            return limits.libraryTasks()
                    ? new TornadoOptions(
                            OPTIONS.sdk().withCuBlas(), OPTIONS.device(), OPTIONS.classes(), OPTIONS.timeLimit())
                    : OPTIONS;
        }

        private static TornadoOptions options() {
            ClassCache classes =
                    new ClassCache(CacheDirectory.ofUser().directory("classes"), Heddle.version(), System.err::println);
            TornadoPlatform found = CompileOptions.defaults().tornadoPlatform();
            found.problem().ifPresent(p -> {
                throw new AssertionError(p.toString());
            });
            return new TornadoOptions(
                    found.sdk().orElseThrow(),
                    found.devices().stream().findFirst(),
                    classes,
                    TornadoOptions.DEFAULT_TIME_LIMIT);
        }
    }
}
