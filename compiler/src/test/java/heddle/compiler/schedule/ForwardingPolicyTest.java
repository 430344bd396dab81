package heddle.compiler.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A policy around another asks that for every decision, also for those that policies have a default for. */
class ForwardingPolicyTest {
    @Test
    void nothingThatAPolicyDecidesIsForgotten() {
        List<String> forgotten = Arrays.stream(SchedulePolicy.class.getMethods())
                .filter(m -> !Modifier.isStatic(m.getModifiers()))
                .filter(m -> !isHere(m))
                .map(Method::toGenericString)
                .toList();
        // The schedule of a family without a program is made by way of one with it.
        assertEquals(
                List.of("public default heddle.compiler.tile.KernelSchedule"
                        + " heddle.compiler.schedule.SchedulePolicy.schedule(heddle.compiler.tile.family.Family)"),
                forgotten);
    }

    private static boolean isHere(Method method) {
        return Arrays.stream(ForwardingPolicy.class.getDeclaredMethods())
                .anyMatch(m -> m.getName().equals(method.getName())
                        && Arrays.equals(m.getParameterTypes(), method.getParameterTypes()));
    }
}
