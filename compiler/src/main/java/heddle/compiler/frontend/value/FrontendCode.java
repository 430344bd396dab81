package heddle.compiler.frontend.value;

import heddle.dsl.diagnostic.DiagnosticCode;
import heddle.dsl.diagnostic.Severity;

/** The codes of mistakes that are found after a file has been parsed. */
public enum FrontendCode implements DiagnosticCode {
    UNKNOWN_NAME("H0201", "unknown name"),
    UNKNOWN_FUNCTION("H0202", "unknown function"),
    DUPLICATE_NAME("H0203", "name declared twice"),
    HIDDEN_NAME("H0204", "name hides another of the same function"),
    DECLARED_LATER("H0205", "name used before its declaration"),
    ASSIGN_UNDECLARED("H0206", "assignment to a name that is not declared"),
    ASSIGN_OUTSIDE("H0207", "assignment to a name that cannot be rebound here"),
    RECURSION("H0208", "function calls itself"),
    TOO_LARGE("H0209", "model too large when unrolled"),

    NOT_KNOWN("H0301", "value not known when the model is compiled"),
    MATMUL("H0302", "lengths of a matrix product differ"),
    BROADCAST("H0303", "shapes do not broadcast"),
    RESHAPE("H0304", "reshape changes the number of elements"),
    AXIS("H0305", "no such axis"),
    INDEX("H0306", "index outside its axis"),
    DTYPE_MIX("H0307", "element types differ"),
    NUMBER_DTYPE("H0308", "number does not fit an element type"),
    OPERATOR("H0309", "operator not defined for its operands"),
    CONCAT("H0310", "shapes cannot be joined"),
    EINSUM("H0311", "einsum equation does not fit"),
    SPLIT("H0312", "split does not divide its axis"),
    PARAMETER_TYPE("H0313", "argument does not have its parameter's type"),
    OUTPUT_TYPE("H0314", "output does not have its declared type"),
    ARITHMETIC("H0315", "arithmetic without a result"),
    OPERATION("H0316", "operands do not fit an operation"),
    TAKE_APART("H0317", "values and names differ in number"),
    LENGTH("H0318", "not a length"),
    TENSOR_SIZE("H0319", "tensor too large"),
    VALUE_SIZE("H0320", "list or text too large"),
    OPERAND_IN_COMMENT("H0321", "operand in a comment", Severity.WARNING),
    INDEX_TENSORS("H0322", "index tensors do not pair up", Severity.WARNING),

    ARGUMENT_COUNT("H0401", "wrong number of arguments"),
    UNKNOWN_ARGUMENT("H0402", "no parameter of this name"),
    DUPLICATE_ARGUMENT("H0403", "argument given twice"),
    ARGUMENT_KIND("H0404", "argument of the wrong kind"),
    ARGUMENT_VALUE("H0405", "argument value not allowed"),
    NOT_A_FUNCTION("H0406", "not a function"),
    NO_RESULT("H0407", "function without a result"),

    UNKNOWN_DTYPE("H0501", "unknown element type"),
    WEIGHT_SHAPE("H0502", "weight with a length that is not a number"),
    WEIGHT_CONFLICT("H0503", "weight declared in two ways"),
    TEXT_HOLE("H0504", "hole in a text cannot be filled"),
    NO_OUTPUT("H0505", "model without an output"),
    NOT_AN_OUTPUT("H0506", "output is not a tensor"),
    WEIGHT_HELD("H0507", "weight cannot be held like this"),
    WEIGHT_INITIAL("H0508", "weight cannot begin its training like this"),

    IMPORT_NOT_FOUND("H0601", "imported file not found"),
    IMPORT_CYCLE("H0602", "files import each other"),
    IMPORT_CONTENT("H0603", "declaration that an imported file cannot have");

    private final String id;
    private final String title;
    private final Severity severity;

    FrontendCode(String id, String title) {
        this(id, title, Severity.ERROR);
    }

    FrontendCode(String id, String title, Severity severity) {
        this.id = id;
        this.title = title;
        this.severity = severity;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public Severity severity() {
        return severity;
    }
}
