package heddle.runtime.verify;

/**
 * The verdict on one result.
 *
 * @param comparison with the reference: of the wrong elements when there are any, else of all
 * @param beyond     how many elements are beyond their tolerance
 * @param wrong      how many of these rounding does not explain
 */
public record Judgement(Verdict verdict, Comparison comparison, int beyond, int wrong) {}
