package heddle.compiler.frontend;

import heddle.compiler.frontend.Model.Declaration;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Denotation.Text;
import heddle.compiler.frontend.value.Emitter;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Scope;
import heddle.compiler.op.Weight;
import heddle.compiler.type.TensorType;
import heddle.dsl.ast.Expr;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The weights of a model: one node for each name, wherever it is used. */
final class Weights {
    private record Used(Tensor tensor, Declaration declaration) {}

    private final Emitter emitter;
    private final Texts texts;
    private final Types types;
    private final Map<String, Used> used = new LinkedHashMap<>();

    Weights(Emitter emitter, Texts texts, Types types) {
        this.emitter = emitter;
        this.texts = texts;
        this.types = types;
    }

    Denotation use(Expr.Weight weight, Scope scope) {
        Denotation name = texts.fill(weight.template(), scope);
        Optional<TensorType> type = types.resolve(weight.type(), scope);
        if (!(name instanceof Text text) || type.isEmpty()) {
            return Denotation.Poison.VALUE;
        }
        checkKnown(weight, type.get());
        Used earlier = used.get(text.value());
        if (earlier == null) {
            emitter.at(weight.span(), List.of());
            Tensor tensor = emitter.add(new Weight(text.value(), type.get()));
            used.put(text.value(), new Used(tensor, new Declaration(text.value(), type.get(), weight.span())));
            return tensor;
        }
        if (!earlier.tensor().type().equals(type.get())) {
            throw new DiagnosticException(Diagnostic.at(
                            weight.type().span(),
                            FrontendCode.WEIGHT_CONFLICT,
                            "weight \"" + text.value() + "\" is declared as " + type.get() + " and as "
                                    + earlier.tensor().type())
                    .label(type.get().toString())
                    .related(
                            earlier.declaration().span(),
                            earlier.tensor().type().toString())
                    .note("one name is one tensor of the weight file"));
        }
        return earlier.tensor();
    }

    private static void checkKnown(Expr.Weight weight, TensorType type) {
        for (int axis = 0; axis < type.rank(); axis++) {
            if (!type.dim(axis).isKnown()) {
                throw new DiagnosticException(Diagnostic.at(
                                weight.type().dims().get(axis).span(),
                                FrontendCode.WEIGHT_SHAPE,
                                "a weight's lengths are numbers, and " + type.dim(axis)
                                        + " is only known when the model runs")
                        .label("the length " + type.dim(axis)));
            }
        }
    }

    List<Declaration> declarations() {
        return used.values().stream().map(Used::declaration).toList();
    }
}
