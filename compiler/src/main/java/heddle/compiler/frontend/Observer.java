package heddle.compiler.frontend;

import heddle.compiler.frontend.value.Denotation;
import heddle.dsl.ast.Expr;
import heddle.dsl.ast.Name;

/**
 * Is told the values of expressions and names while a model is elaborated, as an editor shows them. What stands in a
 * loop or a function has a value each time that it runs.
 */
public interface Observer {
    /** Is told nothing. */
    Observer NONE = new Observer() {
        @Override
        public void evaluated(Expr expr, Denotation value) {}

        @Override
        public void named(Name name, Denotation value) {}
    };

    /** An expression has a value. */
    void evaluated(Expr expr, Denotation value);

    /** A name is declared, or gets another value. */
    void named(Name name, Denotation value);
}
