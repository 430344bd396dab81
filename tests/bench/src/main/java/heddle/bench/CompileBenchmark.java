package heddle.bench;

import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.frontend.Frontend;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.LengthCondition;
import heddle.compiler.pass.Pipeline;
import heddle.compiler.schedule.Lower;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.Schedule;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.dsl.ast.SourceUnit;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import heddle.runtime.SourceReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What it takes to compile decoders of more and more layers, stage by stage: model to graph, passes, kernels, tiles. */
public final class CompileBenchmark {
    private static final List<Integer> LAYERS = List.of(12, 24, 48, 96);
    private static final int WARM_UP_ROUNDS = 20;
    private static final int ROUNDS = 11;
    private static final String MODEL = """
            import "decoder.heddle"
            dim B, N
            input ids: i64[B, N]
            let x = embed(ids, weight "embedding" : f32[32000, 2048])
            for l in 0 .. LAYERS { x = decoder_layer(x, iota(N), "layer.{l}", 32, 4, 5632) }
            output o = x
            """;

    /** The time of each stage of one compilation, in milliseconds, and what came of it. */
    private static final class Run {
        private final List<Double> millis = new ArrayList<>();
        private final Graph graph;
        private final Plan plan;

        Run(SourceUnit source) {
            graph = timed(() -> Frontend.elaborate(source, SourceReader::imported))
                    .graph();
            Pipeline.Result passes =
                    timed(() -> Compiler.pipeline(graph, Fusion.FUSED).run(graph));
            Schedule schedule =
                    timed(() -> Lower.fused(passes.graph(), SchedulePolicy.PROCESSOR, LengthCondition.facts(graph)));
            plan = timed(schedule::plan);
            millis.add(millis.stream().mapToDouble(Double::doubleValue).sum());
        }

        private <T> T timed(Supplier<T> stage) {
            long start = System.nanoTime();
            T result = stage.get();
            millis.add((System.nanoTime() - start) * 1e-6);
            return result;
        }
    }

    private CompileBenchmark() {}

    /** @param args none */
    public static void main(String[] args) {
        Map<Integer, List<Run>> runs = new LinkedHashMap<>();
        for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
            for (int layers : LAYERS) {
                SourceFile file = new SourceFile("deep.heddle", MODEL.replace("LAYERS", "" + layers));
                Run run = new Run(Parser.parse(file).orThrow());
                if (round >= 0) {
                    runs.computeIfAbsent(layers, l -> new ArrayList<>()).add(run);
                }
            }
        }
        System.out.printf(
                "%6s %6s %8s %9s %10s %11s %9s %9s %12s%n",
                "layers",
                "nodes",
                "kernels",
                "graph ms",
                "passes ms",
                "kernels ms",
                "tiles ms",
                "total ms",
                "ms a layer");
        runs.forEach(CompileBenchmark::print);
    }

    private static void print(int layers, List<Run> runs) {
        Run last = runs.getLast();
        double total = median(runs, 4);
        System.out.printf(
                "%6d %6d %8d %9.1f %10.1f %11.1f %9.1f %9.1f %12.2f%n",
                layers,
                last.graph.nodes().size(),
                last.plan.launches().size(),
                median(runs, 0),
                median(runs, 1),
                median(runs, 2),
                median(runs, 3),
                total,
                total / layers);
    }

    private static double median(List<Run> runs, int stage) {
        return Interleaved.median(runs.stream().map(r -> r.millis.get(stage)).toList());
    }
}
