package heddle.compiler.frontend.function.layout;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Computes new lengths for a given number of elements. */
final class Reshaping {
    private Reshaping() {}

    /** The lengths of an argument, of which one may be -1, with a product of {@code size}. */
    static Shape complete(Arguments a, String parameter, Dim size) {
        List<Dim> dims = new ArrayList<>(a.known(parameter).lengths());
        int open = dims.indexOf(Dim.of(-1));
        if (open != dims.lastIndexOf(Dim.of(-1))) {
            throw a.mistakes().wrongValue(parameter, "only one length may be -1");
        }
        if (open >= 0) {
            dims.set(open, Dim.ONE);
            Optional<Dim> rest = size.dividedExactlyBy(new Shape(dims).size());
            dims.set(open, rest.orElseThrow(() -> doesNotFit(a, parameter, size, dims)));
        }
        Shape shape = new Shape(dims);
        if (shape.dims().stream().anyMatch(d -> d.isKnown() && d.value() < 0)) {
            throw a.mistakes().wrongValue(parameter, "a length cannot be negative");
        }
        if (!shape.size().equals(size)) {
            throw doesNotFit(a, parameter, size, dims);
        }
        return shape;
    }

    private static DiagnosticException doesNotFit(Arguments a, String parameter, Dim size, List<Dim> dims) {
        Dim product = new Shape(dims).size();
        Diagnostic d = a.mistakes()
                .at(
                        parameter,
                        FrontendCode.RESHAPE,
                        "cannot bring " + size + (size.is(1) ? " element" : " elements") + " into lengths of product "
                                + product)
                .label("product " + product);
        return new DiagnosticException(a.mistakes()
                .related(d, "x")
                .note("lengths are compared as polynomials; a symbol such as N equals only itself")
                .hint("the product of the lengths must stay " + size + "; one of them may be -1"));
    }
}
