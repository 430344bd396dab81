package heddle.dsl.diagnostic;

/** Whether a model with a mistake can be compiled all the same. */
public enum Severity {
    ERROR,
    /** The model means something, though perhaps not what was meant. */
    WARNING
}
