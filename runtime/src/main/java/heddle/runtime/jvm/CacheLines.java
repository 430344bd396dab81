package heddle.runtime.jvm;

import com.sun.management.HotSpotDiagnosticMXBean;
import heddle.compiler.type.Stored;
import java.lang.management.ManagementFactory;

/**
 * Where cache lines begin in large arrays. A vector as wide as a line that lies in two of them is read twice, so buffers begin where
 * lines do.
 *
 * <p>Java gives no addresses. The collector G1 lays an array of more than half a region at the start of one, and regions are of 32 MiB
 * at the most where no option says otherwise. The elements follow the array's header. In smaller arrays, and with other collectors,
 * lines begin anywhere, and so do buffers: that costs time alone.
 */
final class CacheLines {
    private static final int LINE = 64;

    /** Bytes before the elements: usually eight for a mark, four for the class, and four for the length. */
    private static final int HEADER =
            isOn("UseCompactObjectHeaders", false) ? 12 : isOn("UseCompressedClassPointers", true) ? 16 : 20;

    /** The largest region that G1 chooses by itself. */
    private static final int MOST = 32 << 20;

    /** Bytes of a region; none with other collectors. */
    private static final int REGION = isOn("UseG1GC", false) ? Integer.parseInt(option("G1HeapRegionSize", "0")) : 0;

    private CacheLines() {}

    /** The first element of an array that begins a line. */
    static int first(Stored stored) {
        int element = (int) stored.bytes(1);
        int header = Math.ceilDiv(HEADER, element) * element;
        return elements(stored, LINE - header);
    }

    /** At least so many elements, in whole lines. */
    static int whole(Stored stored, int elements) {
        int line = elements(stored, LINE);
        return Math.multiplyExact(Math.ceilDiv(elements, line), line);
    }

    /** So many elements, or as many as an array must have to be laid where a region begins, unless regions are unusually large. */
    static int large(Stored stored, int elements) {
        return REGION > MOST ? elements : Math.max(elements, elements(stored, REGION / 2));
    }

    private static int elements(Stored stored, int bytes) {
        return (int) (2L * bytes / stored.bytes(2));
    }

    private static boolean isOn(String option, boolean usual) {
        return Boolean.parseBoolean(option(option, String.valueOf(usual)));
    }

    /** The value of an option of HotSpot, or {@code usual} where that is not known. */
    private static String option(String option, String usual) {
        try {
            HotSpotDiagnosticMXBean machine = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            return machine == null ? usual : machine.getVMOption(option).getValue();
        } catch (IllegalArgumentException | NoClassDefFoundError e) {
            return usual; // Another version has no such option, and a small image no such bean.
        }
    }
}
