package heddle.runtime;

import heddle.dsl.diagnostic.DiagnosticCode;

/**
 * The codes of mistakes in the data that a model runs with: weights (H07xx), inputs, tokenizers, artefacts and models (H08xx),
 * and the JDK (H09xx).
 */
public enum RuntimeCode implements DiagnosticCode {
    WEIGHT_FILE_UNREADABLE("H0701", "The weight file cannot be read"),
    WEIGHT_FORMAT_UNKNOWN("H0702", "The format of the weight file is not known"),
    WEIGHT_FILE_CORRUPT("H0703", "The weight file is damaged"),
    WEIGHT_MISSING("H0704", "A weight is not in the file"),
    WEIGHT_SHAPE("H0705", "A weight has another shape"),
    WEIGHT_DTYPE("H0706", "A weight has another element type"),
    WEIGHT_ENCODING("H0707", "The element type in the file is not supported"),
    WEIGHT_EXTERNAL("H0708", "Weights outside the ONNX file cannot be read"),
    TENSOR_TOO_LARGE("H0709", "A tensor has too many elements"),
    WEIGHTS_NOT_GIVEN("H0710", "The model has weights and no weight file was named"),

    TENSOR_FILE_CORRUPT("H0801", "The tensor file cannot be read"),
    INPUT_MISSING("H0802", "An input was not given"),
    INPUT_UNKNOWN("H0803", "The model has no such input"),
    INPUT_SHAPE("H0804", "An input has another shape"),
    INPUT_DTYPE("H0805", "An input has another element type"),
    INPUT_INDEX("H0806", "An index lies outside the table"),
    LENGTH_UNBOUND("H0807", "A length is not known"),
    TOKENIZER("H0808", "The tokenizer cannot be used"),
    ARTIFACT("H0809", "A model artefact is not available"),
    TEXT_INPUT("H0810", "The model does not take text"),
    FILE_UNREADABLE("H0811", "A file cannot be read"),
    FILE_UNWRITABLE("H0812", "A file cannot be written"),
    MANIFEST("H0813", "The manifest beside the model is wrong"),
    LENGTHS("H0814", "The model cannot run with these lengths"),
    ATTENTION_ABSENT("H0815", "The model has no attention to look at"),
    TOKEN_ABSENT("H0816", "The text has no such token"),
    CHECKSUM("H0817", "A file is not the one that the model was written for"),
    LENGTH_UNKNOWN("H0818", "The model has no such length"),
    ARTIFACT_SOURCE("H0819", "Nothing here fetches Maven artefacts"),
    MACHINE("H0820", "A machine file is wrong"),
    ONNX_OPERATOR("H0821", "Parts of the ONNX file have no translation"),
    ONNX_FILE("H0822", "The file is no ONNX model"),
    ONNX_GRAPH("H0823", "The graph of the ONNX file contradicts itself"),
    ONNX_RUNTIME("H0824", "ONNX Runtime cannot be asked"),
    MODEL_UNKNOWN("H0825", "No published model is known by this name"),

    COMPILER("H0902", "This Java installation has no compiler");

    private final String id;
    private final String title;

    RuntimeCode(String id, String title) {
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
