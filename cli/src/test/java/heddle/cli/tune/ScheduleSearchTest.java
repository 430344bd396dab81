package heddle.cli.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.tile.Choice;
import heddle.compiler.tile.KernelSchedule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Looks for the grain of blocks on machines whose times are formulas. */
class ScheduleSearchTest {
    private final List<Map<String, KernelSchedule>> trials = new ArrayList<>();

    private static KernelSchedule grain(int n) {
        return new KernelSchedule(List.of(new Choice.Grain(n)));
    }

    private static List<KernelSchedule> neighbours(KernelSchedule schedule) {
        int n = schedule.pieces();
        return n > 1 ? List.of(grain(n * 2), grain(n / 2)) : List.of(grain(n * 2));
    }

    private static ScheduleSearch.Kernel kernel(String name) {
        return new ScheduleSearch.Kernel(name, grain(4), ScheduleSearchTest::neighbours);
    }

    /** A machine on which a kernel takes as long as a function says, and the policy's schedule as long as 1. */
    private Trial machine(ToDoubleFunction<KernelSchedule> time) {
        return schedules -> {
            trials.add(schedules);
            Map<String, Double> times = new HashMap<>();
            schedules.forEach((kernel, schedule) -> times.put(kernel, time.applyAsDouble(schedule)));
            return () -> times;
        };
    }

    /** The larger the better, up to 64. */
    private static double towards64(KernelSchedule schedule) {
        return schedule.pieces() > 64 ? 2 : 4.0 / schedule.pieces();
    }

    @Test
    void itGoesOnAlongTheWayThatIsFaster() {
        ScheduleSearch.Found found = new ScheduleSearch(machine(ScheduleSearchTest::towards64), () -> true)
                .of(List.of(kernel("a")))
                .get("a");
        assertEquals(grain(64), found.schedule());
        assertEquals(1 / 16.0, found.time());
        assertTrue(found.isDone());
        assertEquals(5, found.tried(), "8, 16, 32, 64 and 128: nothing twice, and the way back is not tried");
    }

    @Test
    void oneRunTriesAScheduleOfEachKernel() {
        new ScheduleSearch(machine(ScheduleSearchTest::towards64), () -> true).of(List.of(kernel("a"), kernel("b")));
        assertEquals(Map.of("a", grain(8), "b", grain(8)), trials.getFirst());
        assertEquals(6, trials.size(), "five trials, and the last comparison");
    }

    @Test
    void itEndsWhenItsTimeIsUp() {
        int[] left = {2};
        ScheduleSearch.Found found = new ScheduleSearch(machine(ScheduleSearchTest::towards64), () -> left[0]-- > 0)
                .of(List.of(kernel("a")))
                .get("a");
        assertEquals(grain(16), found.schedule());
        assertFalse(found.isDone());
    }

    @Test
    void aLittleIsNoGain() {
        ScheduleSearch.Found found = new ScheduleSearch(machine(s -> s.pieces() == 8 ? 0.98 : 1), () -> true)
                .of(List.of(kernel("a")))
                .get("a");
        assertEquals(grain(4), found.schedule());
        assertFalse(found.isFaster());
    }

    /** Fast when it is measured first, and then not, or only not at the end. */
    @Test
    void whatLooksFasterByChanceIsNotKept() {
        for (int good = 1; good <= 2; good++) {
            int most = good;
            Map<KernelSchedule, Integer> measured = new HashMap<>();
            Trial luck = schedules -> () -> {
                Map<String, Double> times = new HashMap<>();
                schedules.forEach((kernel, schedule) ->
                        times.put(kernel, measured.merge(schedule, 1, Integer::sum) <= most ? 0.5 : 1));
                return times;
            };
            ScheduleSearch.Found found = new ScheduleSearch(luck, () -> true)
                    .of(List.of(kernel("a")))
                    .get("a");
            assertEquals(grain(4), found.schedule());
            assertFalse(found.isFaster());
        }
    }

    @Test
    void whatTheMachineRefusesDoesNotHinderOthers() {
        Trial machine = machine(ScheduleSearchTest::towards64);
        Trial refusing = schedules -> {
            if (schedules.getOrDefault("b", grain(4)).pieces() != 4) {
                throw new Trial.Refused(new IllegalStateException("no such block"));
            }
            return machine.of(schedules);
        };
        Map<String, ScheduleSearch.Found> found =
                new ScheduleSearch(refusing, () -> true).of(List.of(kernel("a"), kernel("b")));
        assertEquals(grain(64), found.get("a").schedule());
        assertEquals(grain(4), found.get("b").schedule());
    }
}
