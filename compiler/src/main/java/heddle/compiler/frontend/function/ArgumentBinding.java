package heddle.compiler.frontend.function;

import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Operand;
import heddle.compiler.frontend.value.Words;
import heddle.dsl.ast.Name;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.diagnostic.Suggest;
import heddle.dsl.source.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides which argument of a call goes to which parameter. The rules are the same for functions of the language and of
 * models.
 */
public final class ArgumentBinding {
    /** An argument as given. */
    public record Given(Optional<Name> name, Operand operand) {}

    /** Functions that other libraries have as a parameter of another one. */
    private static final Map<String, String> FUNCTIONS = Map.of("gelu approximate", "gelu_tanh");

    /** What other systems call parameters. */
    private static final Map<String, String> ELSEWHERE = Map.of(
            "dim", "axis",
            "dims", "axis",
            "axes", "axis",
            "keepdim", "keepdims",
            "keep_dims", "keepdims",
            "epsilon", "eps",
            "input", "x",
            "repeats", "n",
            "indices", "index",
            "chunks", "parts");

    private final Signature signature;
    private final String usage;
    private final Span call;
    private final Map<String, List<Operand>> bound = new HashMap<>();

    private ArgumentBinding(Signature signature, String usage, Span call) {
        this.signature = signature;
        this.usage = usage;
        this.call = call;
    }

    /**
     * The arguments by parameter; a parameter that was left out is absent unless it has a default.
     *
     * @param usage how the function is called, for messages
     * @throws DiagnosticException when arguments are missing, too many, unknown or given twice
     */
    public static Map<String, List<Operand>> bind(Signature signature, String usage, List<Given> arguments, Span call) {
        ArgumentBinding b = new ArgumentBinding(signature, usage, call);
        b.byPlace(arguments);
        b.byName(arguments);
        b.complete();
        return b.bound;
    }

    private void byPlace(List<Given> arguments) {
        Iterator<Signature.Parameter> parameters = signature.parameters().iterator();
        Optional<Signature.Parameter> current = Optional.empty();
        int placed = 0;
        for (Given g : arguments) {
            if (g.name().isPresent()) {
                continue;
            }
            if (current.isEmpty() || !current.get().repeated()) {
                if (!parameters.hasNext()) {
                    throw tooMany(arguments, placed);
                }
                current = Optional.of(parameters.next());
            }
            bound.computeIfAbsent(current.get().name(), name -> new ArrayList<>())
                    .add(g.operand());
            placed++;
        }
    }

    private DiagnosticException tooMany(List<Given> arguments, int accepted) {
        List<Given> placed = arguments.stream().filter(g -> g.name().isEmpty()).toList();
        return new DiagnosticException(Diagnostic.at(
                        placed.get(accepted).operand().span(),
                        FrontendCode.ARGUMENT_COUNT,
                        "`" + signature.name() + "` takes " + Words.count(accepted, "argument") + ", not "
                                + placed.size())
                .label("one too many")
                .note("it is called as " + usage));
    }

    private void byName(List<Given> arguments) {
        for (Given g : arguments) {
            if (g.name().isEmpty()) {
                continue;
            }
            Name name = g.name().get();
            if (signature.parameters().stream().noneMatch(p -> p.name().equals(name.text()))) {
                throw unknown(name);
            }
            List<Operand> earlier = bound.putIfAbsent(name.text(), List.of(g.operand()));
            if (earlier != null) {
                throw new DiagnosticException(Diagnostic.at(
                                name.span(),
                                FrontendCode.DUPLICATE_ARGUMENT,
                                "`" + name + "` of `" + signature.name() + "` is given twice")
                        .related(earlier.getFirst().span(), "given here already")
                        .note("it is called as " + usage));
            }
        }
    }

    private DiagnosticException unknown(Name name) {
        List<String> names =
                signature.parameters().stream().map(Signature.Parameter::name).toList();
        Diagnostic d = Diagnostic.at(
                        name.span(),
                        FrontendCode.UNKNOWN_ARGUMENT,
                        "`" + signature.name() + "` has no parameter `" + name + "`")
                .note("it is called as " + usage);
        return new DiagnosticException(Optional.ofNullable(ELSEWHERE.get(name.text()))
                .filter(names::contains)
                .or(() -> Suggest.closest(name.text(), names))
                .map(s -> d.hint("did you mean `" + s + "`?"))
                .or(() -> Optional.ofNullable(FUNCTIONS.get(signature.name() + " " + name))
                        .map(f -> d.hint("that is the function `" + f + "`")))
                .orElse(d));
    }

    private void complete() {
        List<String> missing = new ArrayList<>();
        for (Signature.Parameter p : signature.parameters()) {
            if (bound.containsKey(p.name())) {
                continue;
            }
            if (p.required()) {
                missing.add("`" + p.name() + "`");
            }
            p.defaultValue().ifPresent(d -> bound.put(p.name(), List.of(new Operand(d, call))));
        }
        if (!missing.isEmpty()) {
            throw new DiagnosticException(Diagnostic.at(
                            call,
                            FrontendCode.ARGUMENT_COUNT,
                            "`" + signature.name() + "` is called without " + String.join(" and ", missing))
                    .note("it is called as " + usage));
        }
    }
}
