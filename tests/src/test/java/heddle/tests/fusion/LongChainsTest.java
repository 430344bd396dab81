package heddle.tests.fusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compilation;
import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.jvm.JvmWriter;
import heddle.compiler.frontend.Frontend;
import heddle.compiler.schedule.machine.Processor;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import heddle.runtime.SourceReader;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Thousands of functions one after the other compile on a thread with a small stack, into kernels of bounded size. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LongChainsTest {
    private static final int LENGTH = 3000;
    private static final long SMALL_STACK = 256L << 10;
    private static final String START = "dim B, N\ninput x: f32[B, N]\n";

    private static Compilation compile(String source) throws InterruptedException, ExecutionException {
        FutureTask<Compilation> compiling = new FutureTask<>(() -> {
            SourceFile file = new SourceFile("long.heddle", source);
            var model = Frontend.elaborate(Parser.parse(file).orThrow(), SourceReader::imported);
            Compilation c = Compiler.compile(model.graph(), Fusion.FUSED);
            new JvmWriter(Processor.of(16, 2)).write(c.plan());
            assertTrue(c.unfused().launches().size() >= LENGTH);
            c.report();
            return c;
        });
        Thread thread = new Thread(null, compiling, "small stack", SMALL_STACK);
        thread.start();
        return compiling.get();
    }

    private static int kernels(String source) throws InterruptedException, ExecutionException {
        return compile(source).plan().launches().size();
    }

    @Test
    void loopsAreCutIntoKernels() throws InterruptedException, ExecutionException {
        int kernels = kernels(START + "let y = x\nfor l in 0 .. " + LENGTH + " { y = tanh(y) }\noutput o = y");
        assertTrue(kernels > 1 && kernels < LENGTH / 5, kernels + " kernels");
    }

    /** Each value is read twice, so that there are many ways to the first. */
    @Test
    void squaresOfSquaresAreDivided() throws InterruptedException, ExecutionException {
        int kernels = kernels(START + "let y = x\nfor l in 0 .. " + LENGTH + " { y = y * y }\noutput o = y / x");
        assertTrue(kernels > 0, kernels + " kernels");
    }

    @Test
    void linesAreReadOneByOne() throws InterruptedException, ExecutionException {
        String lines = IntStream.range(0, LENGTH)
                .mapToObj(l -> "let x" + (l + 1) + " = tanh(x" + l + ")\n")
                .collect(Collectors.joining());
        int kernels = kernels(START.replace("x:", "x0:") + lines + "output o = x" + LENGTH);
        assertTrue(kernels > 1 && kernels < LENGTH / 5, kernels + " kernels");
    }

    @Test
    void sumsMayHaveThousandsOfTerms() throws InterruptedException, ExecutionException {
        int kernels = kernels(START + "output o = x" + " + x".repeat(LENGTH));
        assertTrue(kernels > 1 && kernels < LENGTH / 20, kernels + " kernels");
    }

    @Test
    void scoresAreStoredWhenTheirFunctionsFillNoKernel() throws InterruptedException, ExecutionException {
        Compilation c =
                compile("dim N\ninput q: f32[N, 8]\ninput k: f32[N, 8]\nlet s = q @ transpose(k)\nfor l in 0 .. "
                        + LENGTH + " { s = tanh(s) }\noutput o = softmax(s, axis = -1) @ k");
        assertEquals("fused 0/1 attention", c.report().summary());
    }
}
