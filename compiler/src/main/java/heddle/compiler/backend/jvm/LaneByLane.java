package heddle.compiler.backend.jvm;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.jvm.text.Locals;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExpr.Variable;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;

/** Writes values that vectors cannot compute: each lane is computed as a scalar and passed through a small array. */
record LaneByLane(VectorCode code) {
    /** A vector, or a mask, that holds the value of {@code program} in each lane. */
    String of(ScalarExpr program) {
        JavaText out = code.out();
        ScalarExpr e = program instanceof Apply a && a.fn() != ScalarFn.SELECT ? overVectors(a) : program;
        String array = scratch(e.type());
        String lane = code.locals().fresh("lane");
        Locals inner = code.locals().block();
        inner.bind(code.loop().axis(), "(long) (" + code.at() + " + " + lane + ")");
        spill(e, lane, inner);
        out.open("for (int " + lane + " = 0; " + lane + " < " + code.lanes().count() + "; " + lane + "++)");
        String element = array + "[" + lane + "]";
        code.guard().ifPresent(guard -> {
            out.line(element + " = " + (e.type() == DType.BOOL ? "false" : "0") + ";");
            out.open("if (" + guard + ".laneIsSet(" + lane + "))");
        });
        String at = code.at() + " + " + lane;
        ScalarCode.Positions positions = (x, conditional) -> code.loop()
                .addresses()
                .of(x, at, conditional || code.isConditional())
                .map(Addresses.Position::text);
        String value = new ScalarCode(inner, code.loop().support(), out, positions).of(e);
        out.line(element + " = " + value + ";");
        code.guard().ifPresent(guard -> out.close());
        out.close();
        String from = ".fromArray(" + code.lanes().species() + ", " + array + ", 0)";
        return e.type() == DType.BOOL
                ? code.declareMask("VectorMask" + from)
                : code.declare(
                        e instanceof Apply a ? a.fn().text() : "v", code.lanes().vector() + from);
    }

    private String scratch(DType type) {
        return code.loop().scratch(type == DType.BOOL ? "boolean" : code.lanes().element());
    }

    /** {@code e} with arguments that vectors can hold computed as vectors, and only the function lane by lane. */
    private ScalarExpr overVectors(Apply e) {
        if (e.args().stream().anyMatch(a -> code.varies(a) && !code.lanes().hold(a.type()))) {
            return e;
        }
        return new Apply(
                e.fn(),
                e.type(),
                e.args().stream()
                        .map(a -> code.varies(a) ? code.asVariable(a) : a)
                        .toList());
    }

    /** Makes the vectors that {@code e} reads readable lane by lane. */
    private void spill(ScalarExpr e, String lane, Locals inner) {
        ScalarExprs.visit(e, x -> {
            if (x instanceof Variable v && inner.value(v.name()).vector()) {
                String array = scratch(v.type());
                code.out().line(inner.value(v.name()).name() + ".intoArray(" + array + ", 0);");
                inner.bind(v.name(), new Locals.Value(array + "[" + lane + "]", false));
            }
        });
    }
}
