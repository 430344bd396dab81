package heddle.runtime.generate;

import heddle.compiler.frontend.Model;
import heddle.compiler.frontend.Model.Declaration;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.HeddleModel;
import heddle.runtime.input.ModelInputs;
import heddle.runtime.tensor.Tensor;
import java.util.Map;

/** How many bytes a model has places for, where its input leaves that open: as many as all its operations take. */
final class Places {
    private final Declaration input;
    private final ModelInputs inputs;

    private Places(Model model, Map<String, Long> fixed) {
        this.input = model.inputs().getFirst();
        this.inputs = new ModelInputs(model, fixed);
    }

    /**
     * The most bytes that the model can run with, of at most so many; just these where it cannot run with a single one.
     *
     * @param model has one input of two axes
     */
    static int of(HeddleModel model, String logits, int most) {
        boolean scored =
                model.declaration().outputs().stream().anyMatch(o -> o.name().equals(logits));
        if (!scored) {
            return most;
        }
        Places places = new Places(model.only(logits).declaration(), model.fixedLengths());
        return places.fit(most) || !places.fit(1) ? most : places.between(1, most);
    }

    /** @param low fits @param high does not */
    private int between(int low, int high) {
        int fits = low;
        int fails = high;
        while (fails - fits > 1) {
            int middle = (fits + fails) >>> 1;
            if (fit(middle)) {
                fits = middle;
            } else {
                fails = middle;
            }
        }
        return fits;
    }

    private boolean fit(int bytes) {
        try {
            Tensor tokens =
                    Tensor.of(new long[bytes], 1, bytes).cast(input.type().dtype());
            inputs.check(Map.of(input.name(), tokens));
            return true;
        } catch (DiagnosticException e) {
            return false;
        }
    }
}
