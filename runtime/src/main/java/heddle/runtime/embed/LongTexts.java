package heddle.runtime.embed;

/** What becomes of a text that has more tokens than the model takes. */
public enum LongTexts {
    /** Its beginning is taken. */
    CUT,
    /** Its parts are embedded, and averaged with their numbers of tokens as weights. */
    SPLIT
}
