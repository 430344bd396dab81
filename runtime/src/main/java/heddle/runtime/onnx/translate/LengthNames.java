package heddle.runtime.onnx.translate;

import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import heddle.dsl.parse.Keywords;
import heddle.runtime.onnx.OnnxGraph;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Symbols for the lengths of inputs that only a run knows, by the file's names where those are names of the language. */
final class LengthNames {
    private static final int LONGEST = 40;

    private final Map<String, String> names = new HashMap<>();

    /** @throws UnsupportedNode when the file does not say how many axes there are, or of what */
    TensorType type(OnnxGraph.Declared input) {
        List<OnnxGraph.DeclaredLength> lengths =
                input.shape().orElseThrow(() -> new UnsupportedNode("the file does not say how many axes it has"));
        List<Dim> dims = new ArrayList<>();
        for (int axis = 0; axis < lengths.size(); axis++) {
            dims.add(length(input.name(), axis, lengths.get(axis)));
        }
        return new TensorType(ElementTypes.required(input.onnxType()), new Shape(dims));
    }

    private Dim length(String input, int axis, OnnxGraph.DeclaredLength length) {
        if (length.number().isPresent()) {
            return Dim.of(length.number().get());
        }
        String given = length.name().filter(n -> !n.isBlank()).orElse(input + "_" + axis);
        return sum(given);
    }

    /** {@code past + sequence} and {@code past + 1} are sums; all else is one name. */
    private Dim sum(String given) {
        Dim sum = Dim.ZERO;
        for (String part : given.split("\\+", -1)) {
            String term = part.strip();
            if (term.matches("[0-9]{1,9}")) {
                sum = sum.plus(Long.parseLong(term));
            } else if (term.matches("[A-Za-z_][A-Za-z_0-9]*")) {
                sum = sum.plus(Dim.symbol(names.computeIfAbsent(term, this::fresh)));
            } else {
                return Dim.symbol(names.computeIfAbsent(given, this::fresh));
            }
        }
        return sum;
    }

    private String fresh(String given) {
        String plain = given.replaceAll("[^A-Za-z0-9]+", "_").replaceAll("^_+|_+$", "");
        String cut = plain.substring(0, Math.min(plain.length(), LONGEST));
        String name = cut.matches("[A-Za-z].*") ? cut : "n_" + cut;
        String free = Keywords.all().contains(name) ? name + "_length" : name;
        for (int i = 2; names.containsValue(free); i++) {
            free = name + "_" + i;
        }
        return free;
    }
}
