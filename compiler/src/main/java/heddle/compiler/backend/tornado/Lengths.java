package heddle.compiler.backend.tornado;

import heddle.compiler.backend.source.Names;
import java.util.Set;

/** The names of lengths in a generated file, where they are fields of the class and parameters of its kernels. */
final class Lengths {
    /** The variables of the class and of its methods around the kernels. */
    static final Set<String> OF_CLASS =
            Set.of("plan", "grid", "context", "lengths", "weights", "inputs", "outputs", "started", "args");

    /** The variable that TornadoVM takes for any small number. */
    static final String ZERO = "zero";

    private Lengths() {}

    /** The variable that holds the length of a symbol, told from all others. */
    static String variable(String symbol) {
        String name = Names.identifier(symbol);
        return OF_CLASS.contains(name) || name.equals(ZERO) ? "_" + name : name;
    }
}
