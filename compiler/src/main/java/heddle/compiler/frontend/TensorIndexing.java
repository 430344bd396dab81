package heddle.compiler.frontend;

import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Emitter;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Maths;
import heddle.compiler.frontend.value.Operand;
import heddle.compiler.frontend.value.Words;
import heddle.compiler.op.layout.Gather;
import heddle.compiler.op.layout.Slice;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Subscripts of a tensor: one slice for all integers and ranges, then gathers, then one reshape. */
final class TensorIndexing {
    private final Emitter emitter;
    private final Operand base;
    private final Tensor tensor;
    /** The part of each axis that is kept. */
    private final List<AxisRange> ranges = new ArrayList<>();
    /** Index tensors by axis. */
    private final TreeMap<Integer, Tensor> gathers = new TreeMap<>();
    /** The lengths of the result. */
    private final List<Dim> result = new ArrayList<>();

    TensorIndexing(Emitter emitter, Operand base, Tensor tensor) {
        this.emitter = emitter;
        this.base = base;
        this.tensor = tensor;
    }

    Tensor apply(List<Subscripted> subscripts, Span at) {
        int open = tensor.rank() - axesUsed(subscripts, at);
        boolean ellipsis = false;
        for (Subscripted s : subscripts) {
            switch (s) {
                case Subscripted.NewAxis ignored -> result.add(Dim.ONE);
                case Subscripted.Ellipsis e -> {
                    if (ellipsis) {
                        throw new DiagnosticException(
                                Diagnostic.at(e.span(), FrontendCode.INDEX, "`...` can stand only once in subscripts"));
                    }
                    ellipsis = true;
                    keepWhole(open);
                }
                case Subscripted.Range r -> keep(AxisRange.of(r, length()));
                case Subscripted.At element -> element(element.index());
            }
        }
        keepWhole(tensor.rank() - ranges.size());
        return emit();
    }

    private int axesUsed(List<Subscripted> subscripts, Span at) {
        int used = (int) subscripts.stream()
                .filter(s -> s instanceof Subscripted.At || s instanceof Subscripted.Range)
                .count();
        if (used > tensor.rank()) {
            Diagnostic d = Diagnostic.at(
                            at,
                            FrontendCode.AXIS,
                            Words.count(used, "subscript") + " for a tensor of rank " + tensor.rank())
                    .related(base.span(), tensor.type().toString());
            throw new DiagnosticException(Words.origin(d, base));
        }
        return used;
    }

    /** The length of the axis that comes next. */
    private Dim length() {
        return tensor.dim(ranges.size());
    }

    private void keep(AxisRange range) {
        ranges.add(range);
        result.add(range.length());
    }

    private void keepWhole(int axes) {
        for (int i = 0; i < axes; i++) {
            keep(AxisRange.whole(length()));
        }
    }

    private void element(Operand index) {
        if (index.value() instanceof Tensor t) {
            gather(index, t);
        } else {
            ranges.add(AxisRange.at(index, length()));
        }
    }

    private void gather(Operand operand, Tensor index) {
        if (!index.dtype().isInt()) {
            Diagnostic d = Diagnostic.at(
                            operand.span(),
                            FrontendCode.INDEX,
                            "a tensor of indices has integer elements, and this is " + index.type())
                    .label(index.type().toString());
            throw new DiagnosticException(
                    index.dtype() == DType.BOOL
                            ? d.note("how many elements a condition picks is not known before the model runs")
                                    .hint("choose element by element with where(condition, a, b)")
                            : d.hint("write cast(index, i64)"));
        }
        gathers.put(ranges.size(), index);
        ranges.add(AxisRange.whole(length()));
        result.addAll(index.type().shape().dims());
    }

    private Tensor emit() {
        Tensor x = tensor;
        boolean whole = true;
        for (int axis = 0; axis < ranges.size(); axis++) {
            whole &= ranges.get(axis).isWhole(tensor.dim(axis));
        }
        if (!whole) {
            x = emitter.add(
                    new Slice(
                            ranges.stream().map(AxisRange::start).toList(),
                            ranges.stream().map(AxisRange::length).toList(),
                            ranges.stream().map(AxisRange::step).toList()),
                    x);
        }
        // From the last axis on, so that the numbers of those before stay right.
        for (Map.Entry<Integer, Tensor> g : gathers.descendingMap().entrySet()) {
            x = emitter.add(new Gather(g.getKey()), x, g.getValue());
        }
        return new Maths(emitter).reshape(x, new Shape(result));
    }
}
