package heddle.runtime.onnx.source.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.frontend.Frontend;
import heddle.compiler.frontend.Model;
import heddle.compiler.ir.NdArray;
import heddle.compiler.op.Interpreter;
import heddle.compiler.type.DType;
import heddle.dsl.format.Formatter;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import heddle.runtime.SourceReader;
import heddle.runtime.onnx.source.Definition;
import heddle.runtime.onnx.source.FlatModel;
import heddle.runtime.onnx.source.Value;
import heddle.runtime.onnx.source.structure.step.NameTemplate;
import heddle.runtime.onnx.source.structure.step.Rewrite;
import heddle.runtime.onnx.source.structure.step.TermRewriting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SourceTextTest {
    private static final SourceText.Header HEADER = new SourceText.Header(List.of("drawn"));
    private static final int MODELS = 120;
    private static final Map<String, Long> LENGTHS = Map.of("N", 3L);

    @Test
    void readableSourceComputesWhatThePlainListDoes() {
        int loops = 0;
        int functions = 0;
        for (long seed = 0; seed < MODELS; seed++) {
            FlatModel model = DrawnModel.of(seed);
            SourceText readable = SourceText.structured(model, HEADER);
            List<double[]> expected = results(plain(model), Map.of());
            List<double[]> actual = results(readable.text(), readable.inputs());
            assertEquals(expected.size(), actual.size(), readable.text());
            for (int i = 0; i < expected.size(); i++) {
                assertArrayEquals(expected.get(i), actual.get(i), 0, "seed " + seed + "\n" + readable.text());
            }
            loops += readable.text().contains("\nfor ") ? 1 : 0;
            functions += readable.text().contains("\nfn ") ? 1 : 0;
        }
        assertTrue(loops > MODELS / 10, loops + " models have loops");
        assertTrue(functions > MODELS / 10, functions + " models have functions");
    }

    @Test
    void thePlainListIsSourceToo() {
        for (long seed = 0; seed < 20; seed++) {
            FlatModel model = DrawnModel.of(seed);
            SourceText flat = SourceText.flat(model, HEADER);
            List<double[]> expected = results(plain(model), Map.of());
            List<double[]> actual = results(flat.text(), flat.inputs());
            for (int i = 0; i < expected.size(); i++) {
                assertArrayEquals(expected.get(i), actual.get(i), 0, flat.text());
            }
        }
    }

    @Test
    void textIsFormattedAndEachLineKnowsItsNodes() {
        for (long seed = 0; seed < 40; seed++) {
            FlatModel model = DrawnModel.of(seed);
            SourceText text = SourceText.structured(model, HEADER);
            assertEquals(text.text(), Formatter.format(new SourceFile("x", text.text())));
            List<String> found =
                    text.nodes().values().stream().flatMap(List::stream).toList();
            model.definitions().stream()
                    .filter(d -> d.results().stream().anyMatch(v -> isRead(model, v)))
                    .forEach(d -> assertTrue(found.containsAll(d.nodes()), d.nodes() + "\n" + text.text()));
            int lines = (int) text.text().lines().count();
            assertTrue(text.nodes().keySet().stream().allMatch(l -> l >= 1 && l <= lines));
        }
    }

    private static boolean isRead(FlatModel model, Value value) {
        return model.outputs().stream().anyMatch(o -> o.term().reads().anyMatch(v -> v == value));
    }

    @Test
    void graphsThatDifferAreToldApart() {
        String a = "dim N\ninput x: f32[N, 4]\noutput y = gelu(x) + x";
        String b = "dim N\ninput x: f32[N, 4]\nlet z = gelu(x)\noutput y = z + x";
        String c = "dim N\ninput x: f32[N, 4]\noutput y = x + gelu(x)";
        assertTrue(SameGraph.of(model(a).graph(), model(b).graph()));
        assertFalse(SameGraph.of(model(a).graph(), model(c).graph()));
    }

    /** A line for each definition, written without any of what is tested. */
    private static String plain(FlatModel model) {
        Map<Value, String> names = new HashMap<>();
        StringBuilder out = new StringBuilder("dim N\n");
        for (Value v : model.inputs()) {
            names.put(v, "i" + names.size());
            out.append("input ")
                    .append(names.get(v))
                    .append(": ")
                    .append(v.type())
                    .append('\n');
        }
        TermText terms = new TermText(names::get, id -> id);
        for (Definition d : model.definitions()) {
            String term = terms.of(TermRewriting.rewrite(d.term(), new Rewrite() {
                @Override
                public String weight(String name) {
                    return NameTemplate.escaped(name);
                }
            }));
            List<String> results = new ArrayList<>();
            for (Value v : d.results()) {
                names.put(v, "v" + names.size());
                results.add(names.get(v));
            }
            out.append("let ")
                    .append(String.join(", ", results))
                    .append(" = ")
                    .append(term)
                    .append('\n');
        }
        for (int i = 0; i < model.outputs().size(); i++) {
            out.append("output o")
                    .append(i)
                    .append(" = ")
                    .append(terms.of(model.outputs().get(i).term()))
                    .append('\n');
        }
        return out.toString();
    }

    private static Model model(String text) {
        return Frontend.elaborate(
                Parser.parse(new SourceFile("drawn.heddle", text)).orThrow(), SourceReader::imported);
    }

    /** The outputs in the order of the text, for inputs that follow from their place and weights that follow from their name. */
    private static List<double[]> results(String text, Map<String, String> names) {
        Model model = model(text);
        Map<String, NdArray> inputs = new LinkedHashMap<>();
        model.inputs()
                .forEach(i -> inputs.put(
                        i.name(), array(inputs.size(), i.type().shape().evaluate(LENGTHS))));
        Map<String, NdArray> weights = new LinkedHashMap<>();
        model.weights()
                .forEach(w -> weights.put(
                        w.name(), array(w.name().hashCode(), w.type().shape().evaluate(LENGTHS))));
        return new Interpreter(inputs, weights, LENGTHS)
                .run(model.graph()).values().stream().map(NdArray::data).toList();
    }

    private static NdArray array(long seed, long[] shape) {
        Random random = new Random(seed);
        int size = 1;
        for (long n : shape) {
            size *= (int) n;
        }
        return new NdArray(DType.F32, shape, random.doubles(size, -1, 1).toArray());
    }
}
