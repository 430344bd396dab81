package heddle.runtime;

import heddle.compiler.type.Dim;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.text.Pack;
import heddle.runtime.text.Packing;
import heddle.runtime.text.TextInputs;
import heddle.runtime.text.TextOutputs;
import heddle.runtime.text.Tokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Runs texts end to end, a token budget at a time, and then what is computed of whole texts, for those of one length together.
 *
 * @param tokens     takes texts end to end
 * @param afterwards reads outputs of it, if there is something for whole texts
 */
record TextRuns(CompiledModel tokens, Optional<CompiledModel> afterwards) {
    /** Whether all outputs that take texts end to end have something for each token. */
    boolean giveTokensAlone() {
        return TextInputs.areOfTokens(
                tokens.model().inputs(), tokens.model().declaration().outputs());
    }

    /** The outputs for texts, in their order; zeros for one without tokens. @param outputs the names of those asked for */
    Map<String, Tensor> run(List<Tokens> texts, List<String> outputs) {
        int[] there = IntStream.range(0, texts.size())
                .filter(i -> texts.get(i).count() > 0)
                .toArray();
        int[] lengths = Arrays.stream(there).map(i -> texts.get(i).count()).toArray();
        TextOutputs all = new TextOutputs(texts.stream().map(Tokens::count).toList());
        for (List<Integer> members : Packing.endToEnd(lengths, Packing.BUDGET)) {
            run(members.stream().map(i -> there[i]).sorted().toList(), texts, all);
        }
        return all.inOrder(outputs);
    }

    private void run(List<Integer> members, List<Tokens> texts, TextOutputs all) {
        Pack pack = Pack.endToEnd(members.stream().map(texts::get).toList());
        Map<String, Tensor> given = tokens.run(tokens.model().inputs(pack));
        given.forEach((name, tensor) -> all.putTokens(name, tensor, members, pack));
        afterwards.ifPresent(program -> {
            Map<Integer, List<Integer>> byLength = new TreeMap<>();
            for (int i = 0; i < members.size(); i++) {
                byLength.computeIfAbsent(texts.get(members.get(i)).count(), n -> new ArrayList<>())
                        .add(i);
            }
            byLength.forEach((length, some) -> {
                SequencedMap<String, Tensor> inputs =
                        pack.rows(given, program.model().inputs().sequencedKeySet(), some);
                List<Integer> owners = some.stream().map(members::get).toList();
                program.run(inputs)
                        .forEach((name, tensor) ->
                                all.putRows(name, tensor, owners, areOfTokens(program.model(), name)));
            });
        });
    }

    /** Whether an output has something for each token, as the inputs of what is computed afterwards have. */
    private static boolean areOfTokens(HeddleModel afterwards, String output) {
        Dim tokens = afterwards.inputs().firstEntry().getValue().dim(1);
        return afterwards.declaration().outputs().stream()
                .filter(o -> o.name().equals(output))
                .anyMatch(o -> o.type().rank() >= 2 && o.type().dim(1).equals(tokens));
    }
}
