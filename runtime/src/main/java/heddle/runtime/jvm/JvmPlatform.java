package heddle.runtime.jvm;

import heddle.compiler.schedule.machine.Processor;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.machine.ProcessorName;
import java.util.Optional;
import jdk.incubator.vector.FloatVector;

/** The JVM of this process, as a target. */
public final class JvmPlatform {
    /** Processors of Intel with shorter vectors have no instruction for stores under masks. */
    private static final int LEAST_MASKED = 8;

    private JvmPlatform() {}

    /**
     * The target for this machine's vectors.
     *
     * @throws DiagnosticException when the JVM was started without the Vector API
     */
    public static Processor target(int threads) {
        requireVectorModule();
        int lanes = Math.clamp(Vectors.preferredLanes(), 4, 16);
        return Processor.of(lanes, threads).prefetching(lanes >= LEAST_MASKED && Intel.IS_HERE);
    }

    static void requireVectorModule() {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            throw new DiagnosticException(
                    Diagnostic.of(JvmCode.VECTOR_MODULE, "the module jdk.incubator.vector is not loaded")
                            .note("generated kernels compute with the Vector API, which Java loads on request only")
                            .hint("start java with --add-modules jdk.incubator.vector, or use the heddle launcher"));
        }
    }

    /** That stores of nothing prefetch was measured on processors of Intel alone. */
    private static final class Intel {
        static final boolean IS_HERE = ProcessorName.find()
                .or(() -> Optional.ofNullable(System.getenv("PROCESSOR_IDENTIFIER")))
                .filter(name -> name.contains("Intel"))
                .isPresent();
    }

    /** Apart, so that nothing of the module is linked before it is known to be there. */
    private static final class Vectors {
        static int preferredLanes() {
            return FloatVector.SPECIES_PREFERRED.length();
        }
    }
}
