package heddle.tests.fusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import heddle.compiler.Compilation;
import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.proof.AddressCounts;
import heddle.compiler.tile.proof.AddressOutside;
import heddle.compiler.tile.proof.AddressProof;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every address of every kernel of the corpus lies in its buffer, and a kernel whose guards are taken out is refused. */
class AddressCorpusTest {
    /**
     * Models whose kernels the compiler guards. Windows that step over an axis, and resizing, read at quotients of its symbolic
     * length, which the proof does not bound.
     */
    private static final Set<String> GUARDED = Set.of("none/windows");

    /** What kernels are cut into tiles for. */
    private enum Target {
        JVM(SchedulePolicy.PROCESSOR),
        GPU(new DevicePolicy(TornadoTarget.GPU)),
        CPU(new DevicePolicy(TornadoTarget.CPU));

        private final SchedulePolicy policy;

        Target(SchedulePolicy policy) {
            this.policy = policy;
        }
    }

    private static List<String> names() {
        return Stream.of("fuses", "declines", "none")
                .flatMap(part -> CorpusFile.names(part).stream())
                .toList();
    }

    private static Compilation compile(String name, Fusion fusion, Target target) {
        return Compiler.compile(CorpusFile.read(name).model().declaration().graph(), fusion, target.policy, Set.of());
    }

    /**
     * What is found in the corpus for a target.
     *
     * @param counts  of all addresses, with fusion and without
     * @param guarded kernels that the compiler guards, of models that are not {@link #GUARDED}
     */
    private record Found(Map<Fusion, AddressCounts> counts, List<String> guarded) {
        static Found of(Target target) {
            Map<Fusion, AddressCounts> counts = new EnumMap<>(Fusion.class);
            List<String> guarded = new ArrayList<>();
            for (Fusion fusion : Fusion.values()) {
                for (String name : names()) {
                    Compilation compilation = compile(name, fusion, target);
                    counts.merge(fusion, compilation.addresses(), AddressCounts::plus);
                    if (!GUARDED.contains(name)) {
                        guarded(compilation).forEach(kernel -> guarded.add(name + ", " + fusion + ": " + kernel));
                    }
                }
            }
            return new Found(counts, guarded);
        }

        private static Stream<String> guarded(Compilation compilation) {
            AddressProof proof = new AddressProof(compilation.schedule().facts());
            return Stream.concat(compilation.plan().prepare().stream(), compilation.plan().launches().stream())
                    .filter(kernel -> proof.of(kernel).added() > 0)
                    .map(TileKernel::name);
        }
    }

    /** Each model is compiled once for each target. */
    private static final Map<Target, Found> FOUND = new ConcurrentHashMap<>();

    private static Found found(Target target) {
        return FOUND.computeIfAbsent(target, Found::of);
    }

    @Execution(CONCURRENT)
    @ParameterizedTest
    @EnumSource
    void everyAddressLiesInItsBuffer(Target target) {
        found(target).counts().forEach((fusion, all) -> {
            System.out.println(target + ", " + fusion + ": " + all);
            assertTrue(all.proved() > 1000 && all.guarded() > 20 && all.clamped() > 10, all.toString());
        });
    }

    /**
     * Models of the corpus say all that a proof needs: no read is guarded for want of a fact. A model with a kernel that the
     * compiler must guard belongs into the list above, with the reason.
     */
    @Execution(CONCURRENT)
    @ParameterizedTest
    @EnumSource
    void noReadIsGuardedForWantOfAFact(Target target) {
        assertEquals(List.of(), found(target).guarded());
    }

    @Test
    void aKernelWithoutItsGuardsIsRefused() {
        int refused = 0;
        for (String name : CorpusFile.names("fuses")) {
            Compilation compilation = compile(name, Fusion.FUSED, Target.JVM);
            AddressProof proof = new AddressProof(compilation.schedule().facts());
            for (TileKernel kernel : compilation.plan().launches()) {
                if (KernelPrograms.of(kernel).anyMatch(program -> !proof.holds(unguarded(program, proof)))) {
                    TileKernel without = KernelPrograms.map(kernel, program -> unguarded(program, proof));
                    assertThrows(AddressOutside.class, () -> proof.of(without), name);
                    refused++;
                }
            }
        }
        assertTrue(refused >= 8, refused + " kernels of the corpus need guards");
    }

    /** A program in which every select is the side that may not be read everywhere, if there is one. */
    private static ScalarExpr unguarded(ScalarExpr program, AddressProof proof) {
        return ScalarExprs.transform(program, e -> {
            if (e instanceof Apply a && a.fn() == ScalarFn.SELECT) {
                return a.args().stream()
                        .skip(1)
                        .filter(side -> !proof.holds(side))
                        .findFirst()
                        .orElse(e);
            }
            return e;
        });
    }
}
