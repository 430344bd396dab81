package heddle.compiler.frontend.function.layout;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
            dims.set(open, rest.orElseThrow(() -> doesNotFit(a, parameter, size, dims, true)));
        }
        Shape shape = new Shape(dims);
        if (shape.dims().stream().anyMatch(d -> d.isKnown() && d.value() < 0)) {
            throw a.mistakes().wrongValue(parameter, "a length cannot be negative");
        }
        if (!shape.size().equals(size)) {
            throw doesNotFit(a, parameter, size, dims, false);
        }
        return shape;
    }

    /** @param isOpen whether one length follows from the others, {@code dims} */
    private static String remedy(Dim size, List<Dim> dims, boolean isOpen) {
        Set<String> lost = new HashSet<>(size.symbols());
        lost.removeAll(new Shape(dims).size().symbols());
        boolean isDivided = dims.stream().anyMatch(Dim::isDivided) || isOpen && !lost.isEmpty();
        String must =
                isOpen ? "the lengths beside -1 must divide " + size : "the product of the lengths must stay " + size;
        return isDivided
                ? must
                        + "; where a length is a multiple of another, declare that one, as in `dim M` and 8 * M in place of N"
                : must + (isOpen ? "" : "; one of them may be -1");
    }

    private static DiagnosticException doesNotFit(
            Arguments a, String parameter, Dim size, List<Dim> dims, boolean isOpen) {
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
                .hint(remedy(size, dims, isOpen)));
    }
}
