package heddle.compiler.op;

import heddle.compiler.ir.Op;
import heddle.compiler.scalar.Reduction;

/** An operation each of whose elements is made of terms that are combined in one way. */
public interface Combining extends Op {
    /** How terms are combined; of no terms, the result is the neutral element. */
    Reduction kind();
}
