package heddle.compiler.frontend;

import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.type.DType;
import heddle.compiler.type.Scales;
import heddle.compiler.type.Stored;
import heddle.compiler.type.StoredType;
import heddle.compiler.type.TensorType;
import heddle.dsl.ast.Expr;
import heddle.dsl.ast.Name;
import heddle.dsl.ast.TypeExpr;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.diagnostic.Suggest;
import heddle.dsl.source.Span;
import java.util.List;
import java.util.Optional;

/** Checks what a weight is said to be held as: {@code as i8 per column}. */
final class HeldForm {
    /** What weights may be held as, beside their own type. */
    private static final List<Stored> FORMS = List.of(Stored.F16, Stored.BF16, Stored.I8, Stored.I4);

    private final Expr.Weight.Held written;
    private final TypeExpr declared;
    private final TensorType type;

    private HeldForm(Expr.Weight.Held written, TypeExpr declared, TensorType type) {
        this.written = written;
        this.declared = declared;
        this.type = type;
    }

    /**
     * The form that was written.
     *
     * @param scales the name of the scales, if there are any
     * @throws DiagnosticException when a weight of {@code type} is not held like this
     */
    static StoredType of(Expr.Weight.Held written, TypeExpr declared, TensorType type, String scales) {
        return new HeldForm(written, declared, type).checked(scales);
    }

    private StoredType checked(String scales) {
        Name name = written.stored();
        Stored stored = FORMS.stream()
                .filter(s -> s.text().equals(name.text()))
                .findFirst()
                .orElseThrow(() -> mistake(
                        name.span(),
                        "weights are not held as `" + name + "`",
                        "a weight is held as f16, bf16, i8 or i4, or as its values are",
                        meant(name.text())
                                .map(meant -> "write `as " + meant + "`")
                                .orElse("leave out `as " + name + "`, or write one of these")));
        Optional<Scales.Per> per = written.per().map(HeldForm::per);
        if (type.dtype() != DType.F32) {
            throw mistake(
                    declared.dtype().span(),
                    "a weight that is held as " + name + " has values of f32, not of " + type.dtype(),
                    "loads convert what is held to f32",
                    "write f32 here, and cast(..., " + type.dtype() + ") around the weight");
        }
        if (stored.isQuantised()) {
            checkQuantised(stored);
        } else if (per.isPresent()) {
            throw mistake(
                    written.per().get().span(),
                    "a weight that is held as " + name + " has no scales",
                    "only the whole numbers i8 and i4 have scales",
                    "leave out `per " + per.get().text() + "`");
        }
        if (written.scales().isPresent() && per.isEmpty()) {
            throw mistake(
                    written.scales().get().span(),
                    "it is not said what has a scale of its own",
                    "a row, a column, or a block of 32 neighbours in a row",
                    "write `as " + name + " per column scales ...`, or per row, or per block");
        }
        return new StoredType(stored, per.map(p -> new Scales(p, scales)));
    }

    /** The form that other languages call so: {@code int8}, {@code float16}. */
    private static Optional<String> meant(String name) {
        String brief = name.replace("int", "i").replace("bfloat", "bf").replace("float", "f");
        return FORMS.stream().map(Stored::text).filter(brief::equals).findFirst();
    }

    private static Scales.Per per(Name name) {
        return Scales.Per.named(name.text())
                .orElseThrow(() -> mistake(
                        name.span(),
                        "there are no scales per " + name,
                        "a row has a scale of its own, or a column, or a block of 32 neighbours in a row",
                        Suggest.closest(name.text(), List.of("row", "column", "block"))
                                .map(meant -> "did you mean `per " + meant + "`?")
                                .orElse("write `per row`, `per column` or `per block`")));
    }

    private void checkQuantised(Stored stored) {
        if (type.rank() < 2) {
            throw mistake(
                    declared.span(),
                    "a weight of " + type + " is not held as " + stored.text(),
                    "its rows and columns would be its last two axes, and it does not have two",
                    "leave out `as " + stored.text() + "`: a vector is small beside the matrices");
        }
        long columns = type.dim(-1).value();
        if (stored == Stored.I4 && columns % 2 != 0) {
            throw mistake(
                    declared.dims().getLast().span(),
                    "rows of i4 have an even length, and " + columns + " is odd",
                    "a byte holds two neighbours of a row",
                    "hold it as i8; or add a column of zeros in the file, and write [..., :" + columns
                            + "] behind the weight");
        }
    }

    private static DiagnosticException mistake(Span span, String message, String note, String hint) {
        return new DiagnosticException(Diagnostic.at(span, FrontendCode.WEIGHT_HELD, message)
                .note(note)
                .hint(hint));
    }
}
