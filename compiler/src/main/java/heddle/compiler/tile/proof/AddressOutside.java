package heddle.compiler.tile.proof;

import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarText;

/** A kernel that may read or write outside a buffer, as far as the compiler can tell. It is a bug of the compiler. */
public final class AddressOutside extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    AddressOutside(String kernel, String statement, ScalarExpr.Element element) {
        super("the kernel " + kernel + " may access " + element.buffer() + ", which has "
                + element.buffer().type().shape().size() + " elements, outside of it: at address "
                + ScalarText.of(element.address()) + " of " + statement);
    }
}
