package heddle.compiler.type;

import java.math.BigDecimal;
import java.util.List;

/**
 * An amount in the largest of some units, each a thousand of the one before, in which it is one or more.
 *
 * @param isScaled whether that is not the smallest unit
 */
public record ScaledAmount(BigDecimal value, String unit, boolean isScaled) {
    private static final List<String> BYTES = List.of("B", "kB", "MB", "GB", "TB");

    /** @param units the smallest first */
    public static ScaledAmount of(long amount, List<String> units) {
        int unit = 0;
        long scale = 1;
        while (amount / scale >= 1000 && unit < units.size() - 1) {
            scale *= 1000;
            unit++;
        }
        BigDecimal value = BigDecimal.valueOf(amount).divide(BigDecimal.valueOf(scale));
        return new ScaledAmount(value, units.get(unit), unit > 0);
    }

    public static ScaledAmount ofBytes(long bytes) {
        return of(bytes, BYTES);
    }
}
