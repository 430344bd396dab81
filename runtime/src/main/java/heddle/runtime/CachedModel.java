package heddle.runtime;

import heddle.compiler.Compiler;
import heddle.compiler.decode.DecodeStep;
import heddle.compiler.decode.DecodeStep.Cache;
import heddle.compiler.frontend.Model;
import heddle.compiler.ir.Graph;
import heddle.compiler.type.Dim;
import heddle.dsl.source.Span;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a model becomes that reads a text token by token, and keeps in caches what later tokens need of those before. Both of its models
 * have the outputs of the given one, at the tokens that they read, and the rows of these for each cache.
 *
 * @param first  reads the first tokens of a text
 * @param next   reads one token, and takes the caches
 * @param caches what is kept
 */
public record CachedModel(HeddleModel first, HeddleModel next, List<Cache> caches) {
    public CachedModel {
        caches = List.copyOf(caches);
    }

    /**
     * What was decided.
     *
     * @param declined why there is no such model, with the place and the remedy
     */
    public record Result(Optional<CachedModel> model, Optional<String> declined) {}

    /** @param tokens the input of token numbers, {@code [B, N]} */
    public static Result of(HeddleModel model, String tokens) {
        Graph graph = model.declaration().graph();
        DecodeStep.Result first = Compiler.decode(graph, tokens, Optional.empty());
        DecodeStep.Result next = Compiler.decode(graph, tokens, Optional.of(unused(graph, model.declaration())));
        if (first.graph().isEmpty() || next.graph().isEmpty()) {
            return new Result(
                    Optional.empty(), first.declined().or(next::declined).map(PackedModel::text));
        }
        return new Result(
                Optional.of(new CachedModel(
                        model(model, first.graph().get()),
                        model(model, next.graph().get()),
                        next.caches())),
                Optional.empty());
    }

    /** A symbol that the model does not have. */
    private static Dim unused(Graph graph, Model model) {
        Set<String> used = symbols(graph);
        model.lengths().forEach(l -> used.add(l.name()));
        String name = "P";
        while (used.contains(name)) {
            name += "P";
        }
        return Dim.symbol(name);
    }

    private static Set<String> symbols(Graph graph) {
        Set<String> symbols = new TreeSet<>();
        graph.nodes().forEach(n -> n.type().shape().dims().forEach(d -> symbols.addAll(d.symbols())));
        return symbols;
    }

    private static HeddleModel model(HeddleModel model, Graph graph) {
        Model given = model.declaration();
        Span span = given.outputs().getFirst().span();
        Set<String> used = symbols(graph);
        Model cached = given.with(
                graph,
                graph,
                PackedModel.declared(PackedModel.inputs(graph), span),
                PackedModel.declared(graph.outputs(), span),
                given.lengths().stream().filter(l -> used.contains(l.name())).toList());
        return model.with(cached, new EndToEndInputs(Optional.empty(), Optional.empty(), Long.MAX_VALUE));
    }
}
