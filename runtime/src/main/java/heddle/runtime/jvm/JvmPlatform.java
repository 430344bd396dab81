package heddle.runtime.jvm;

import heddle.compiler.schedule.machine.Processor;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import jdk.incubator.vector.FloatVector;

/** The JVM of this process, as a target. */
public final class JvmPlatform {
    private JvmPlatform() {}

    /**
     * The target for this machine's vectors.
     *
     * @throws DiagnosticException when the JVM was started without the Vector API
     */
    public static Processor target(int threads) {
        requireVectorModule();
        int lanes = Math.clamp(Vectors.preferredLanes(), 4, 16);
        return Processor.of(lanes, threads);
    }

    static void requireVectorModule() {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            throw new DiagnosticException(
                    Diagnostic.of(JvmCode.VECTOR_MODULE, "the module jdk.incubator.vector is not loaded")
                            .note("generated kernels compute with the Vector API, which Java loads on request only")
                            .hint("start java with --add-modules jdk.incubator.vector, or use the heddle launcher"));
        }
    }

    /** Apart, so that nothing of the module is linked before it is known to be there. */
    private static final class Vectors {
        static int preferredLanes() {
            return FloatVector.SPECIES_PREFERRED.length();
        }
    }
}
