package heddle.runtime.train;

import heddle.dsl.diagnostic.DiagnosticCode;

/** The codes of mistakes in training and in the generation of text (H14xx). */
public enum TrainCode implements DiagnosticCode {
    NOT_TRAINABLE("H1401", "The model cannot be trained"),
    INITIAL_MISSING("H1402", "It is not said what a weight begins with"),
    DATA("H1403", "The data do not suit the model"),
    CHECKPOINT("H1404", "The checkpoint does not fit"),
    NOT_FINITE("H1405", "The training has gone astray"),
    NOT_GENERATIVE("H1406", "The model does not write text");

    private final String id;
    private final String title;

    TrainCode(String id, String title) {
        this.id = id;
        this.title = title;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String title() {
        return title;
    }
}
