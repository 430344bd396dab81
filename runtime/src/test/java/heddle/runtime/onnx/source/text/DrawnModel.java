package heddle.runtime.onnx.source.text;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import heddle.runtime.onnx.source.Definition;
import heddle.runtime.onnx.source.FlatModel;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** A model at random: layers that are alike, or almost, with names as exporters and enemies choose them. */
final class DrawnModel {
    static final TensorType TYPE = new TensorType(DType.F32, new Shape(List.of(Dim.symbol("N"), Dim.of(4))));
    private static final TensorType HALF = new TensorType(DType.F32, new Shape(List.of(Dim.symbol("N"), Dim.of(2))));
    private static final List<String> HOSTILE = List.of(
            "a\"b", "{l}", "}}", "line\nbreak", "\u202eabc", "\\", "", "fn", "softmax", "7", "x y", "%l0", "{%l0}");

    private final Random random;
    private final List<Value> inputs = new ArrayList<>();
    private final List<Definition> definitions = new ArrayList<>();
    private final List<Value> all = new ArrayList<>();
    private final int naming;
    private final boolean hostile;

    /** What a layer does: an operation, and which values it reads, counted back; beyond the layer lies what came before. */
    private record Plan(int operation, int first, int second, boolean reachesOut) {}

    private DrawnModel(long seed) {
        random = new Random(seed);
        naming = random.nextInt(4);
        hostile = random.nextInt(4) == 0;
    }

    static FlatModel of(long seed) {
        return new DrawnModel(seed).model();
    }

    private FlatModel model() {
        int layers = 1 + random.nextInt(6);
        boolean pasts = random.nextInt(3) == 0;
        input("x");
        input("mask");
        List<Value> past = new ArrayList<>();
        for (int l = 0; l < layers && pasts; l++) {
            past.add(input("past_key_values." + l + ".key"));
        }
        List<Plan> plans = plans();
        int odd = random.nextInt(3) == 0 ? random.nextInt(layers) : -1;
        List<Value> presents = new ArrayList<>();
        for (int l = 0; l < layers; l++) {
            List<Plan> own = l == odd ? plans() : plans;
            int begin = all.size();
            if (pasts) {
                value(l, "past", new Term.Infix("+", new Term.Ref(all.getLast()), new Term.Ref(past.get(l))), TYPE);
            }
            for (int i = 0; i < own.size(); i++) {
                step(l, i, own.get(i), begin);
            }
            presents.add(all.get(begin + (all.size() - begin) / 2));
        }
        List<FlatModel.Result> outputs = new ArrayList<>();
        outputs.add(new FlatModel.Result("result", TYPE, new Term.Ref(all.getLast())));
        if (random.nextBoolean()) {
            for (int l = 0; l < layers; l++) {
                outputs.add(new FlatModel.Result("present." + l + ".key", TYPE, new Term.Ref(presents.get(l))));
            }
        }
        return new FlatModel("Drawn", List.of("N"), inputs, definitions, outputs, List.of("a\nnote"));
    }

    private List<Plan> plans() {
        List<Plan> plans = new ArrayList<>();
        int size = 1 + random.nextInt(9);
        for (int i = 0; i < size; i++) {
            boolean out = random.nextInt(12) == 0;
            plans.add(new Plan(random.nextInt(8), random.nextInt(3), random.nextInt(5), out));
        }
        return plans;
    }

    private Value input(String name) {
        Value v = new Value(name, TYPE);
        inputs.add(v);
        all.add(v);
        return v;
    }

    private Value value(int layer, String module, Term term, TensorType type) {
        String name = node(layer, module);
        Value v = new Value(name + "_output_0", type);
        definitions.add(new Definition(List.of(v), term, List.of(name)));
        if (type == TYPE) {
            all.add(v);
        }
        return v;
    }

    private String node(int layer, String module) {
        if (hostile && random.nextInt(3) == 0) {
            return HOSTILE.get(random.nextInt(HOSTILE.size()));
        }
        return switch (naming) {
            case 0 -> "/encoder/layer." + layer + "/" + module + "/Op_" + definitions.size();
            case 1 -> "Op_" + definitions.size();
            case 2 -> "bert/layer_" + layer + "/" + module + "/op";
            default -> module.equals("norm") ? "" : "/h." + layer + "/" + module + "/Op";
        };
    }

    private Term weight(int layer, String module, long... shape) {
        String name = switch (naming) {
            case 0 -> "encoder.layer." + layer + "." + module + (shape.length == 2 ? ".weight" : ".bias");
            case 1 ->
                "onnx::MatMul_" + (random.nextInt(5) == 0 ? 7 * random.nextInt(9) : 100 + 13 * definitions.size());
            case 2 -> "layer_" + layer + "/" + module + "/{kernel}" + shape.length;
            default -> module + "." + (hostile ? "{l}\"" : "w") + "." + (3 * layer + 2) + "." + shape.length;
        };
        return new Term.Weight(name + "|" + shape.length, new TensorType(DType.F32, Shape.of(shape)), Optional.empty());
    }

    private void step(int layer, int index, Plan plan, int begin) {
        String module = List.of("query", "dense", "mlp", "norm").get(index % 4) + (index / 4);
        int back = Math.min(plan.first(), all.size() - 1);
        Term x = new Term.Ref(all.get(all.size() - 1 - back));
        int second = plan.reachesOut()
                ? Math.min(plan.second(), all.size() - 1)
                : Math.max(all.size() - 1 - plan.second(), Math.max(0, begin - 1));
        Term y = new Term.Ref(all.get(second));
        switch (plan.operation()) {
            case 0 -> {
                Value product = value(layer, module, new Term.Infix("@", x, weight(layer, module, 4, 4)), TYPE);
                value(layer, module, new Term.Infix("+", weight(layer, module, 4), new Term.Ref(product)), TYPE);
            }
            case 1 ->
                value(
                        layer,
                        module,
                        Term.Call.of("layer_norm", x, weight(layer, module, 4), weight(layer, module + "b", 4)),
                        TYPE);
            case 2 -> value(layer, module, Term.Call.of("gelu", x), TYPE);
            case 3 -> value(layer, module, new Term.Infix("-", x, y), TYPE);
            case 4 -> value(layer, module, new Term.Infix("*", x, new Term.Literal("0." + (1 + layer))), TYPE);
            case 5 -> {
                Term scores = new Term.Infix("@", x, Term.Call.of("transpose", y));
                Term product = new Term.Infix("@", Term.Call.of("softmax", scores), x);
                value(layer, module, product, TYPE);
            }
            case 6 -> {
                String name = node(layer, module);
                List<Value> parts = List.of(new Value(name + "_0", HALF), new Value(name + "_1", HALF));
                definitions.add(new Definition(parts, Term.Call.of("split", x, new Term.Literal("2")), List.of(name)));
                Term swapped = new Term.Items(List.of(new Term.Ref(parts.get(1)), new Term.Ref(parts.get(0))));
                value(layer, module, Term.Call.of("concat", swapped), TYPE);
            }
            default -> {
                Value column = value(layer, module, first(x), HALF);
                Term both = new Term.Items(List.of(new Term.Ref(column), first(y)));
                value(layer, module, Term.Call.of("concat", both), TYPE);
            }
        }
    }

    private static Term first(Term x) {
        Term.Index all = new Term.Index.Range(Optional.empty(), Optional.empty(), Optional.empty());
        Term two = new Term.Length(Dim.of(2));
        return new Term.Subscript(
                x, List.of(all, new Term.Index.Range(Optional.empty(), Optional.of(two), Optional.empty())));
    }
}
