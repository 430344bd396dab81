package heddle.compiler.scheduled;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Index;
import heddle.compiler.scalar.ScalarExpr.IntLiteral;
import heddle.compiler.scalar.ScalarExpr.Variable;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.type.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * What the variables and indexes of a thread are called, when loops over registers are written out. A variable that is declared in such
 * loops is one for each of their indexes, and is read as the one of the indexes that are current.
 */
public final class Registers {
    /** @param axes the loops over registers around the declaration */
    private record Declared(Action by, List<Axis> axes, Map<List<Integer>, String> names) {
        String name(Map<Axis, Integer> current) {
            return names.get(axes.stream().map(current::get).toList());
        }
    }

    private final UnaryOperator<String> unique;
    /** Of variables, by name, and of indexes, by axis. */
    private final Map<Object, Declared> declared;

    /** The indexes of loops over registers, those of outer loops first. */
    private final SequencedMap<Axis, Integer> current;

    /** @param unique a name like the one that is wished for, which nothing else in the kernel has */
    public Registers(UnaryOperator<String> unique) {
        this(unique, new HashMap<>(), new LinkedHashMap<>());
    }

    private Registers(
            UnaryOperator<String> unique, Map<Object, Declared> declared, SequencedMap<Axis, Integer> current) {
        this.unique = unique;
        this.declared = declared;
        this.current = current;
    }

    /** The names in a block: what is declared there is not seen here. */
    public Registers inner() {
        return new Registers(unique, new HashMap<>(declared), current);
    }

    /** Runs {@code body} with each index of a loop over registers. */
    public void each(Axis axis, Runnable body) {
        for (int index = 0; index < axis.extent().value(); index++) {
            current.put(axis, index);
            body.run();
        }
        current.remove(axis);
    }

    /** Declares a variable. @param by the action that does */
    public String declare(Variable variable, Action by) {
        return declare(variable.name(), variable.name(), by);
    }

    /** Declares the index along an axis. @param by the action that does */
    public String declare(Axis axis, Action by) {
        return declare(axis, axis.name(), by);
    }

    private String declare(Object key, String wish, Action by) {
        List<Axis> axes = new ArrayList<>(current.keySet());
        List<Integer> at = axes.stream().map(current::get).toList();
        Declared known = declared.get(key);
        if (known == null || known.by != by) {
            known = new Declared(by, axes, new HashMap<>());
            declared.put(key, known);
        }
        String name = unique.apply(wish + at.stream().map(String::valueOf).collect(Collectors.joining("_")));
        known.names.put(at, name);
        return name;
    }

    /** What a variable is called here. */
    public String name(Variable variable) {
        return known(variable.name());
    }

    private String known(Object key) {
        Declared known = declared.get(key);
        if (known == null) {
            throw new IllegalStateException("nothing is called " + key + " here");
        }
        return known.name(current);
    }

    /** A program in these names, with numbers for the indexes of loops over registers. */
    public ScalarExpr named(ScalarExpr e) {
        return ScalarExprs.transform(e, this::part);
    }

    private ScalarExpr part(ScalarExpr e) {
        return switch (e) {
            case Index i -> {
                Integer number = current.get(i.axis());
                yield number != null
                        ? ScalarExpr.of(number)
                        : ScalarExpr.of(new Axis(known(i.axis()), i.axis().extent()));
            }
            case Variable v -> new Variable(name(v), v.type());
            case ScalarExpr.Apply a -> folded(a);
            default -> e;
        };
    }

    /** A sum or product of indexes after a part of it became a literal. */
    private static ScalarExpr folded(ScalarExpr.Apply a) {
        if (a.type() != DType.I64 || !(a.args().getLast() instanceof IntLiteral last)) {
            return a;
        }
        return switch (a.fn()) {
            case ADD -> IndexMath.plus(a.args().getFirst(), last);
            case MUL -> IndexMath.times(a.args().getFirst(), last.value());
            default -> a;
        };
    }
}
