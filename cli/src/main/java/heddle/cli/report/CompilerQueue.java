package heddle.cli.report;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;

/** What HotSpot compiles just now, or is about to. */
final class CompilerQueue {
    private CompilerQueue() {}

    /**
     * Whether kernels are among it, or the vectors that they use. On a busy machine they may wait for long, and run slowly meanwhile. Not
     * where the JVM does not tell.
     */
    static boolean hasKernels() {
        try {
            Object text = ManagementFactory.getPlatformMBeanServer()
                    .invoke(new ObjectName("com.sun.management:type=DiagnosticCommand"), "compilerQueue", null, null);
            return hasKernels(String.valueOf(text));
        } catch (JMException e) {
            return false;
        }
    }

    /** @param text lines such as {@code C2 CompilerThread0 1234 4 AttentionPlan::run (99 bytes)} */
    static boolean hasKernels(String text) {
        return text.contains("Plan::") || text.contains("jdk.incubator.vector.");
    }
}
