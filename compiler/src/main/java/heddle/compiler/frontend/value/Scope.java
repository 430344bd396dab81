package heddle.compiler.frontend.value;

import heddle.dsl.source.Span;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The names declared in a file, a function call or a block. Scopes are nested. */
public final class Scope {
    /** Where a scope begins; names of a block belong to the function or file around it. */
    public enum Kind {
        FILE,
        CALL,
        BLOCK
    }

    /** A declared name. */
    public static final class Binding {
        private Denotation value;
        private final Span declaration;
        private final boolean rebindable;

        private Binding(Denotation value, Span declaration, boolean rebindable) {
            this.value = value;
            this.declaration = declaration;
            this.rebindable = rebindable;
        }

        public Denotation value() {
            return value;
        }

        /** The name where it was declared. */
        public Span declaration() {
            return declaration;
        }

        /** Whether {@code =} may give it another value: true for names declared by {@code let} and for parameters. */
        public boolean isRebindable() {
            return rebindable;
        }

        public void rebind(Denotation newValue) {
            value = newValue;
        }
    }

    private final Kind kind;
    private final Optional<Scope> parent;
    private final Map<String, Binding> bindings = new LinkedHashMap<>();
    private final Map<String, Span> announced = new LinkedHashMap<>();

    private final Map<String, Span> outputs = new LinkedHashMap<>();

    private Scope(Kind kind, Optional<Scope> parent) {
        this.kind = kind;
        this.parent = parent;
    }

    public static Scope file() {
        return new Scope(Kind.FILE, Optional.empty());
    }

    /** The scope of one call of a function that was declared here. */
    public Scope call() {
        return new Scope(Kind.CALL, Optional.of(this));
    }

    /** The scope of a loop body or a branch. */
    public Scope block() {
        return new Scope(Kind.BLOCK, Optional.of(this));
    }

    /** Declares or replaces a name in this very scope. */
    public void declare(String name, Denotation value, Span declaration, boolean rebindable) {
        bindings.put(name, new Binding(value, declaration, rebindable));
    }

    /** Notes that the file declares a name somewhere, perhaps further down. */
    public void announce(String name, Span declaration) {
        announced.putIfAbsent(name, declaration);
    }

    /** Where a name is declared that cannot be seen yet. */
    public Optional<Span> announced(String name) {
        for (Scope s = this; s != null; s = s.parent.orElse(null)) {
            Span span = s.announced.get(name);
            if (span != null) {
                return Optional.of(span);
            }
        }
        return Optional.empty();
    }

    /** Notes that the file has an output of that name, which is none that expressions read. */
    public void announceOutput(String name, Span declaration) {
        outputs.putIfAbsent(name, declaration);
    }

    /** Where an output of that name is declared. */
    public Optional<Span> output(String name) {
        for (Scope s = this; s != null; s = s.parent.orElse(null)) {
            if (s.outputs.containsKey(name)) {
                return Optional.of(s.outputs.get(name));
            }
        }
        return Optional.empty();
    }

    /** Makes a name of an imported file seen here, where it always keeps its value. */
    public void share(String name, Binding imported) {
        declare(name, imported.value(), imported.declaration(), false);
    }

    /** The value of a name, here or in an outer scope. */
    public Optional<Binding> find(String name) {
        for (Scope s = this; s != null; s = s.parent.orElse(null)) {
            Binding b = s.bindings.get(name);
            if (b != null) {
                return Optional.of(b);
            }
        }
        return Optional.empty();
    }

    /** The value of a name in the same function or, outside functions, in the same file. */
    public Optional<Binding> findInFunction(String name) {
        for (Scope s = this; s != null; s = s.kind == Kind.BLOCK ? s.parent.orElse(null) : null) {
            Binding b = s.bindings.get(name);
            if (b != null) {
                return Optional.of(b);
            }
        }
        return Optional.empty();
    }

    /** The value of a name in this scope only. */
    public Optional<Binding> findHere(String name) {
        return Optional.ofNullable(bindings.get(name));
    }

    public Map<String, Binding> bindings() {
        return bindings;
    }

    /** Every name that can be seen from here. */
    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        for (Scope s = this; s != null; s = s.parent.orElse(null)) {
            names.addAll(s.bindings.keySet());
        }
        return names;
    }
}
