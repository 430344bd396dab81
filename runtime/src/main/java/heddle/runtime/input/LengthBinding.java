package heddle.runtime.input;

import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import heddle.runtime.tensor.Tensor;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Finds the values of a model's symbolic lengths from the given tensors, and checks that the tensors agree. */
public final class LengthBinding {
    private final SortedMap<String, Long> lengths = new TreeMap<>();
    private final Map<String, String> origins = new TreeMap<>();

    private final SortedSet<String> fixed;

    /** @param fixed lengths that are known beforehand */
    public LengthBinding(Map<String, Long> fixed) {
        fixed.forEach((name, length) -> set(name, length, "-D or the caller"));
        this.fixed = new TreeSet<>(fixed.keySet());
    }

    private void set(String name, long length, String origin) {
        lengths.put(name, length);
        origins.put(name, origin);
    }

    /** All lengths found so far, by name. */
    public SortedMap<String, Long> lengths() {
        return lengths;
    }

    /**
     * Takes the open lengths of {@code type} from a tensor.
     *
     * @param what names the tensor in messages: {@code the input ids}
     * @throws DiagnosticException when the tensor does not fit
     */
    public void bind(String what, TensorType type, Tensor tensor) {
        if (tensor.dtype() != type.dtype()) {
            throw new DiagnosticException(
                    Diagnostic.of(RuntimeCode.INPUT_DTYPE, what + " is " + tensor + ", the model has " + type)
                            .hint("give it elements of type " + type.dtype()));
        }
        long[] shape = tensor.shape();
        if (shape.length != type.rank()) {
            throw mismatch(what, type, tensor);
        }
        for (int axis = 0; axis < shape.length; axis++) {
            solve(type.dim(axis), shape[axis], what);
        }
        for (int axis = 0; axis < shape.length; axis++) {
            Dim dim = type.dim(axis);
            if (lengths.keySet().containsAll(dim.symbols()) && dim.evaluate(lengths) != shape[axis]) {
                throw mismatch(what, type, tensor);
            }
        }
    }

    /** Binds the one unknown of {@code dim = length}, when there is one and the equation is linear in it. */
    private void solve(Dim dim, long length, String origin) {
        SortedSet<String> open = dim.symbols();
        open.removeAll(lengths.keySet());
        if (open.size() != 1) {
            return;
        }
        String name = open.first();
        long zero = at(dim, name, 0);
        long slope = at(dim, name, 1) - zero;
        if (slope == 0 || Math.floorMod(length - zero, slope) != 0) {
            return;
        }
        long value = (length - zero) / slope;
        if (value >= 0 && at(dim, name, value) == length) {
            set(name, value, origin);
        }
    }

    private long at(Dim dim, String name, long value) {
        Map<String, Long> all = new TreeMap<>(lengths);
        all.put(name, value);
        return dim.evaluate(all);
    }

    private DiagnosticException mismatch(String what, TensorType type, Tensor tensor) {
        SortedSet<String> symbols = type.shape().dims().stream()
                .flatMap(d -> d.symbols().stream())
                .filter(lengths::containsKey)
                .collect(Collectors.toCollection(TreeSet::new));
        String values = symbols.stream().map(s -> s + " = " + lengths.get(s)).collect(Collectors.joining(", "));
        Diagnostic d = Diagnostic.of(
                RuntimeCode.INPUT_SHAPE,
                what + " is " + tensor + ", the model has " + type + (values.isEmpty() ? "" : " with " + values));
        // Fixed lengths are numbers in the type by now, so their names do not show there.
        Set<String> named = new LinkedHashSet<>(symbols);
        named.addAll(fixed);
        for (String s : named) {
            d = d.note(s + " = " + lengths.get(s) + " comes from " + origins.get(s));
        }
        return new DiagnosticException(d);
    }

    /** @throws DiagnosticException that names all of {@code names} that are still open */
    public void requireAll(Collection<String> names) {
        List<String> open = names.stream()
                .filter(name -> !lengths.containsKey(name))
                .distinct()
                .toList();
        if (open.isEmpty()) {
            return;
        }
        String message = open.size() == 1
                ? "the length " + open.getFirst() + " is not known"
                : "the lengths " + String.join(", ", open) + " are not known";
        String given = open.stream().map(name -> "-D " + name + "=128").collect(Collectors.joining(" "));
        throw new DiagnosticException(Diagnostic.of(RuntimeCode.LENGTH_UNBOUND, message)
                .hint("give " + (open.size() == 1 ? "it" : "them") + " with " + given));
    }

    /** {@code B = 2, N = 7}. */
    static String text(Map<String, Long> lengths) {
        return lengths.entrySet().stream()
                .map(e -> e.getKey() + " = " + e.getValue())
                .collect(Collectors.joining(", "));
    }
}
