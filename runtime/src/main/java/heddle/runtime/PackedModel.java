package heddle.runtime;

import heddle.compiler.Compiler;
import heddle.compiler.frontend.Model;
import heddle.compiler.frontend.Model.Declaration;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Input;
import heddle.compiler.pack.PackInputs;
import heddle.compiler.pack.PackSequences;
import heddle.compiler.type.DType;
import heddle.compiler.type.TensorType;
import heddle.dsl.source.Span;
import heddle.runtime.text.TextInputs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * What a model becomes for texts that lie end to end in a row, without padding.
 *
 * @param model    the model that can tell texts apart; absent when there is none that means the same
 * @param declined why there is none, with the place and the remedy
 */
public record PackedModel(Optional<HeddleModel> model, Optional<String> declined) {
    /**
     * Packs a model that has something for each token in each of its outputs; one that can tell texts apart stays as it is.
     *
     * @throws heddle.dsl.diagnostic.DiagnosticException when no input takes token numbers
     */
    public static PackedModel of(HeddleModel model) {
        if (model.takesTextsEndToEnd()) {
            return new PackedModel(Optional.of(model), Optional.empty());
        }
        PackInputs inputs = TextInputs.packed(model.inputs().keySet());
        Model given = model.declaration();
        PackSequences.Result result = Compiler.pack(given.graph(), inputs);
        return new PackedModel(
                result.graph().map(graph -> packed(model, given.outputs(), graph, inputs, result.longest())),
                result.declined().map(PackedModel::text));
    }

    /**
     * The parts of a model for texts end to end.
     *
     * @param tokens     has something for each token
     * @param afterwards takes outputs of that, for texts of one length in rows, and gives what texts have as a whole; absent when
     *                   nothing does
     */
    record Parts(HeddleModel tokens, Optional<HeddleModel> afterwards) {}

    /** Packs a model that may have something for each text in some outputs; empty when that cannot be. */
    static Optional<Parts> parts(HeddleModel model) {
        Model given = model.declaration();
        if (TextInputs.areOfTokens(model.inputs(), given.outputs())) {
            return of(model).model().map(tokens -> new Parts(tokens, Optional.empty()));
        }
        PackInputs inputs = TextInputs.packed(model.inputs().keySet());
        Compiler.PackedParts parts = Compiler.packPooled(given.graph(), inputs);
        return parts.tokens().graph().map(graph -> {
            Span span = given.outputs().getFirst().span();
            HeddleModel tokens = packed(
                    model,
                    declared(graph.outputs(), span),
                    graph,
                    inputs,
                    parts.tokens().longest());
            Graph then = parts.afterwards().orElseThrow();
            List<Declaration> outputs = given.outputs().stream()
                    .filter(o -> then.outputs().containsKey(o.name()))
                    .toList();
            Model afterwards = model(given, then, declared(inputs(then), span), outputs);
            return new Parts(
                    tokens,
                    Optional.of(model.with(
                            afterwards, new EndToEndInputs(Optional.empty(), Optional.empty(), Long.MAX_VALUE))));
        });
    }

    static List<Declaration> declared(SequencedMap<String, Value> values, Span span) {
        return values.entrySet().stream()
                .map(e -> new Declaration(e.getKey(), e.getValue().type(), span))
                .toList();
    }

    private static HeddleModel packed(
            HeddleModel model, List<Declaration> outputs, Graph graph, PackInputs inputs, long longest) {
        Model packed = model(model.declaration(), graph, declared(model.declaration(), graph, inputs), outputs);
        Optional<String> positions = packed.inputs().stream()
                .map(Declaration::name)
                .filter(inputs.positions()::equals)
                .findFirst();
        return model.with(packed, new EndToEndInputs(Optional.of(inputs.segments()), positions, longest));
    }

    /** The inputs of a graph, by name. */
    static SequencedMap<String, Value> inputs(Graph graph) {
        SequencedMap<String, Value> inputs = new LinkedHashMap<>();
        graph.nodes().stream()
                .filter(n -> n.op() instanceof Input)
                .forEach(n -> inputs.put(((Input) n.op()).key(), n.value()));
        return inputs;
    }

    private static Model model(Model given, Graph graph, List<Declaration> inputs, List<Declaration> outputs) {
        return given.with(graph, graph, inputs, outputs, given.lengths());
    }

    private static List<Declaration> declared(Model given, Graph graph, PackInputs inputs) {
        Declaration ids = given.inputs().stream()
                .filter(i -> i.name().equals(inputs.ids()))
                .findFirst()
                .orElseThrow();
        TensorType ofTokens = new TensorType(DType.I64, ids.type().shape());
        List<Declaration> declared = new ArrayList<>(List.of(ids));
        // Who gives it texts end to end tells them apart, also where no token looks at others.
        declared.add(new Declaration(inputs.segments(), ofTokens, ids.span()));
        if (graph.nodes().stream()
                .anyMatch(n -> n.op() instanceof Input i && i.key().equals(inputs.positions()))) {
            declared.add(new Declaration(inputs.positions(), ofTokens, ids.span()));
        }
        return declared;
    }

    static String text(Outcome.Declined why) {
        String place = why.at().origin().spans().stream()
                .findFirst()
                .map(span -> " (" + span + ")")
                .orElse("");
        return why.reason() + place + "; " + why.remedy();
    }
}
