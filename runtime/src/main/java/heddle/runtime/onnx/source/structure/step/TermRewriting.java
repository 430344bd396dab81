package heddle.runtime.onnx.source.structure.step;

import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Term.Argument;
import heddle.runtime.onnx.source.Term.Index;
import heddle.runtime.onnx.source.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** Goes through terms. */
public final class TermRewriting {
    private static final Pattern NUMBER = Pattern.compile("-?[0-9].*");

    private TermRewriting() {}

    /** The term with its leaves rewritten. */
    public static Term rewrite(Term term, Rewrite r) {
        return switch (term) {
            case Term.Ref ref -> {
                r.mark("$");
                yield r.ref(ref);
            }
            case Term.Name name -> r.name(name);
            case Term.Literal literal -> {
                r.mark(literal.text());
                yield literal;
            }
            case Term.Length length -> {
                r.mark("length");
                yield new Term.Length(r.length(length.dim()));
            }
            case Term.Text text -> {
                r.mark("text");
                yield new Term.Text(r.text(text.text()));
            }
            case Term.Call call -> call(call, r);
            case Term.Infix infix -> {
                r.mark("(" + infix.operator());
                r.role("factor");
                Term left = amount(infix.left(), r);
                r.role("factor");
                yield new Term.Infix(infix.operator(), left, amount(infix.right(), r));
            }
            case Term.Prefix prefix -> {
                r.mark(prefix.operator() + "_");
                yield new Term.Prefix(prefix.operator(), rewrite(prefix.operand(), r));
            }
            case Term.Subscript subscript -> subscript(subscript, r);
            case Term.Weight weight -> weight(weight, r);
            case Term.Items items -> {
                r.mark("[" + items.terms().size());
                r.role("length");
                yield new Term.Items(all(items.terms(), r));
            }
        };
    }

    private static Term amount(Term term, Rewrite r) {
        if (term instanceof Term.Literal literal
                && NUMBER.matcher(literal.text()).matches()) {
            r.mark("#");
            return r.number(literal);
        }
        return rewrite(term, r);
    }

    private static List<Term> all(List<Term> terms, Rewrite r) {
        List<Term> out = new ArrayList<>();
        terms.forEach(t -> out.add(rewrite(t, r)));
        return out;
    }

    private static Term call(Term.Call call, Rewrite r) {
        boolean ours = call.function().startsWith(Sums.MARK);
        r.mark(call.function() + "(" + call.arguments().size());
        List<Argument> arguments = new ArrayList<>();
        for (Argument a : call.arguments()) {
            if (ours) {
                r.role(call.function() + "#" + arguments.size());
            }
            a.name().ifPresent(n -> r.mark(n + "="));
            arguments.add(new Argument(a.name(), ours ? amount(a.term(), r) : rewrite(a.term(), r)));
        }
        return new Term.Call(call.function(), arguments);
    }

    private static Term subscript(Term.Subscript subscript, Rewrite r) {
        Term operand = rewrite(subscript.operand(), r);
        r.mark("[" + subscript.indices().size());
        List<Index> indices = new ArrayList<>();
        for (Index index : subscript.indices()) {
            indices.add(
                    switch (index) {
                        case Index.At at -> {
                            r.mark("at");
                            yield new Index.At(amount(at.term(), r));
                        }
                        case Index.Range range -> {
                            Function<Term, Term> bound = t -> {
                                r.mark("bound");
                                return amount(t, r);
                            };
                            r.mark("range" + range.from().isPresent()
                                    + range.to().isPresent());
                            Optional<Term> from = range.from().map(bound);
                            Optional<Term> to = range.to().map(bound);
                            yield new Index.Range(from, to, range.step().map(bound));
                        }
                        case Index.New n -> {
                            r.mark("new");
                            yield n;
                        }
                        case Index.Rest rest -> {
                            r.mark("...");
                            yield rest;
                        }
                    });
        }
        return new Term.Subscript(operand, indices);
    }

    private static Term weight(Term.Weight weight, Rewrite r) {
        TensorType type = weight.type();
        r.mark("weight" + type.dtype() + type.rank());
        r.role("name");
        String name = r.weight(weight.name());
        List<Dim> dims = new ArrayList<>();
        for (int axis = 0; axis < type.rank(); axis++) {
            r.role(type.rank() == 1 ? "width" : axis == type.rank() - 1 ? "outputs" : "inputs");
            dims.add(r.length(type.dim(axis)));
        }
        Shape shape = new Shape(dims);
        return new Term.Weight(name, new TensorType(type.dtype(), shape), held(weight.held(), r));
    }

    /** The name of the scales is a leaf as any other name. */
    private static Optional<String> held(Optional<String> held, Rewrite r) {
        if (held.isEmpty()) {
            return held;
        }
        String text = held.get();
        int quote = text.indexOf('"');
        if (quote < 0) {
            r.mark(text);
            return held;
        }
        r.mark(text.substring(0, quote));
        r.role("scales");
        String name = text.substring(quote + 1, text.length() - 1);
        return Optional.of(text.substring(0, quote + 1) + r.weight(name) + "\"");
    }

    /** The term with what {@code by} has for each table of more than so many numbers. */
    public static Term tables(Term term, int most, UnaryOperator<Term> by) {
        return switch (term) {
            case Term.Call call -> {
                if (call.function().equals("tensor")
                        && numbers(call.arguments().getFirst().term()) > most) {
                    yield by.apply(call);
                }
                yield new Term.Call(
                        call.function(),
                        call.arguments().stream()
                                .map(a -> new Argument(a.name(), tables(a.term(), most, by)))
                                .toList());
            }
            case Term.Infix infix ->
                new Term.Infix(infix.operator(), tables(infix.left(), most, by), tables(infix.right(), most, by));
            case Term.Prefix prefix -> new Term.Prefix(prefix.operator(), tables(prefix.operand(), most, by));
            case Term.Subscript s -> new Term.Subscript(tables(s.operand(), most, by), s.indices());
            case Term.Items items ->
                new Term.Items(
                        items.terms().stream().map(t -> tables(t, most, by)).toList());
            default -> term;
        };
    }

    private static int numbers(Term term) {
        return term instanceof Term.Items items
                ? items.terms().stream().mapToInt(TermRewriting::numbers).sum()
                : 1;
    }

    /** All values that a term reads, as often as it reads them. */
    public static void reads(Term term, Consumer<Value> reader) {
        rewrite(term, new Rewrite() {
            @Override
            public Term ref(Term.Ref ref) {
                reader.accept(ref.value());
                return ref;
            }
        });
    }

    /** The term with each value replaced that {@code by} knows something else for. */
    public static Term replaced(Term term, Function<Value, Optional<Term>> by) {
        return rewrite(term, new Rewrite() {
            @Override
            public Term ref(Term.Ref ref) {
                return by.apply(ref.value()).orElse(ref);
            }
        });
    }
}
