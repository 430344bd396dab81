package heddle.compiler.frontend;

import heddle.compiler.frontend.Model.Declaration;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Denotation.Text;
import heddle.compiler.frontend.value.Emitter;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Scope;
import heddle.compiler.op.Weight;
import heddle.compiler.type.DType;
import heddle.compiler.type.Initialiser;
import heddle.compiler.type.Scales;
import heddle.compiler.type.StoredType;
import heddle.compiler.type.TensorType;
import heddle.dsl.ast.Expr;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.Span;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The weights of a model: one node for each name, wherever it is used. */
final class Weights {
    private final Emitter emitter;
    private final Texts texts;
    private final Types types;
    private final InitialElements initials;
    private final Map<String, Declaration> declared = new LinkedHashMap<>();
    private final Map<String, Tensor> tensors = new HashMap<>();

    Weights(Emitter emitter, Expressions expressions, Texts texts, Types types) {
        this.emitter = emitter;
        this.texts = texts;
        this.types = types;
        this.initials = new InitialElements(expressions);
    }

    Denotation use(Expr.Weight weight, Scope scope) {
        Denotation name = texts.fill(weight.template(), scope);
        Optional<TensorType> type = types.resolve(weight.type(), scope);
        if (!(name instanceof Text text) || type.isEmpty()) {
            return Denotation.Poison.VALUE;
        }
        checkKnown(weight, type.get());
        StoredType held = StoredType.of(type.get().dtype());
        if (weight.held().isPresent()) {
            Expr.Weight.Held written = weight.held().get();
            String scales = text.value() + ".scales";
            if (written.scales().isPresent()) {
                Denotation named = texts.fill(written.scales().get(), scope);
                if (!(named instanceof Text other)) {
                    return Denotation.Poison.VALUE;
                }
                scales = other.value();
            }
            held = HeldForm.of(written, weight.type(), type.get(), scales);
        }
        Optional<Initialiser> initial =
                weight.initial().isEmpty() ? Optional.empty() : initials.of(weight, type.get(), held, scope);
        declare(weight, new Declaration(text.value(), type.get(), held, initial, weight.span()));
        if (held.scales().isPresent()) {
            Scales scales = held.scales().get();
            TensorType shape = new TensorType(DType.F32, scales.shape(type.get().shape()));
            declare(weight, new Declaration(scales.name(), shape, weight.span()));
        }
        Weight op = new Weight(text.value(), type.get(), held);
        return tensors.computeIfAbsent(text.value(), key -> {
            emitter.at(weight.span(), List.of());
            return emitter.add(op);
        });
    }

    private void declare(Expr.Weight weight, Declaration declaration) {
        Declaration earlier = declared.putIfAbsent(declaration.name(), declaration);
        boolean same = earlier == null
                || earlier.type().equals(declaration.type()) && earlier.held().equals(declaration.held());
        if (!same) {
            throw conflict(
                    weight.type().span(),
                    "is declared",
                    "as",
                    text(declaration),
                    text(earlier),
                    earlier,
                    "one name is one tensor of the weight file");
        }
        if (earlier != null && declaration.initial().isPresent()) {
            checkInitial(weight.initial().orElseThrow(), declaration, earlier);
            declared.put(earlier.name(), earlier.withInitial(declaration.initial()));
        }
    }

    /** One use of a weight may say what it begins with, and others leave it out. */
    private static void checkInitial(Expr.Initial written, Declaration declaration, Declaration earlier) {
        Initialiser now = declaration.initial().orElseThrow();
        Initialiser before = earlier.initial().orElse(now);
        if (!before.equals(now)) {
            throw conflict(
                    written.span(),
                    "begins",
                    "with",
                    now.toString(),
                    before.toString(),
                    earlier,
                    "one name is one weight, which training begins once");
        }
    }

    private static DiagnosticException conflict(
            Span at, String verb, String preposition, String now, String before, Declaration earlier, String note) {
        return new DiagnosticException(Diagnostic.at(
                        at,
                        FrontendCode.WEIGHT_CONFLICT,
                        "weight \"" + earlier.name() + "\" " + verb + " " + preposition + " " + now + " and "
                                + preposition + " " + before)
                .label(now)
                .related(earlier.span(), before)
                .note(note));
    }

    private static String text(Declaration d) {
        String type = d.type().toString();
        return d.held().equals(StoredType.of(d.type().dtype()))
                ? type
                : type + " as " + d.held().text();
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
        return List.copyOf(declared.values());
    }
}
