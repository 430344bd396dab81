package heddle.compiler.type;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;

/**
 * An amount in the largest of some units, each a thousand of the one before, in which it is one or more.
 *
 * @param isScaled whether that is not the smallest unit
 */
public record ScaledAmount(BigDecimal value, String unit, boolean isScaled) {
    private static final List<String> BYTES = List.of("B", "kB", "MB", "GB", "TB", "PB", "EB");
    private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);

    /** @param units the smallest first */
    public static ScaledAmount of(BigInteger amount, List<String> units) {
        BigDecimal value = new BigDecimal(amount);
        int unit = 0;
        while (value.compareTo(THOUSAND) >= 0 && unit < units.size() - 1) {
            value = value.movePointLeft(3);
            unit++;
        }
        return new ScaledAmount(value, units.get(unit), unit > 0);
    }

    public static ScaledAmount ofBytes(BigInteger bytes) {
        return of(bytes, BYTES);
    }
}
