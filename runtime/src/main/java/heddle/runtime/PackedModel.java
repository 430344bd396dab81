package heddle.runtime;

import heddle.compiler.Compiler;
import heddle.compiler.frontend.Model;
import heddle.compiler.frontend.Model.Declaration;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Outcome;
import heddle.compiler.op.Input;
import heddle.compiler.pack.PackInputs;
import heddle.compiler.pack.PackSequences;
import heddle.compiler.type.DType;
import heddle.compiler.type.TensorType;
import heddle.runtime.text.TextInputs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
                result.graph().map(graph -> {
                    Model packed = declared(given, graph, inputs);
                    Optional<String> positions = packed.inputs().stream()
                            .map(Declaration::name)
                            .filter(inputs.positions()::equals)
                            .findFirst();
                    return model.with(
                            packed, new EndToEndInputs(Optional.of(inputs.segments()), positions, result.longest()));
                }),
                result.declined().map(PackedModel::text));
    }

    private static Model declared(Model given, Graph graph, PackInputs inputs) {
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
        return new Model(
                given.name(),
                graph,
                graph,
                declared,
                given.weights(),
                given.outputs(),
                given.lengths(),
                given.files(),
                given.warnings());
    }

    private static String text(Outcome.Declined why) {
        String place = why.at().origin().spans().stream()
                .findFirst()
                .map(span -> " (" + span + ")")
                .orElse("");
        return why.reason() + place + "; " + why.remedy();
    }
}
