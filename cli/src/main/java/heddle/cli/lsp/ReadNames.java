package heddle.cli.lsp;

import heddle.cli.lsp.Declaration.Kind;
import heddle.cli.lsp.Names.Block;
import heddle.dsl.ast.Expr;
import heddle.dsl.ast.Item;
import heddle.dsl.ast.Name;
import heddle.dsl.ast.SourceUnit;
import heddle.dsl.ast.Stmt;
import heddle.dsl.ast.Template;
import heddle.dsl.ast.TypeExpr;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Reads which names a file declares and uses. Unlike the frontend it looks into functions that nobody calls and branches
 * that are not taken.
 */
final class ReadNames {
    private final BiFunction<String, SourceFile, Optional<SourceUnit>> imports;
    private final Names names;
    private final Set<String> imported = new HashSet<>();

    private ReadNames(SourceFile file, BiFunction<String, SourceFile, Optional<SourceUnit>> imports) {
        this.imports = imports;
        names = new Names(file);
        imported.add(file.name());
    }

    /** @param imports the file that {@code import "path"} means in another */
    static Names of(SourceUnit unit, BiFunction<String, SourceFile, Optional<SourceUnit>> imports) {
        ReadNames read = new ReadNames(unit.file(), imports);
        read.file(unit);
        return read.names;
    }

    private void file(SourceUnit unit) {
        Block block = names.file();
        functions(unit, block);
        for (Item item : unit.items()) {
            switch (item) {
                case Item.Import i -> imported(i, unit.file());
                case Item.Dims d -> d.lengths().forEach(l -> declare(Kind.LENGTH, l.name(), block));
                case Item.Input i -> {
                    type(i.type(), block);
                    declare(Kind.INPUT, i.name(), block);
                }
                case Item.Function f -> function(f, block);
                case Stmt s -> statement(s, block);
                case Item.Model ignored -> {}
            }
        }
    }

    private void functions(SourceUnit unit, Block block) {
        for (Item item : unit.items()) {
            if (item instanceof Item.Function f) {
                declare(new Declaration(Kind.FUNCTION, f.name().text(), f.name().span(), Optional.of(f)), block);
            }
        }
    }

    /** The names at the top of another file, and of those that it imports itself. */
    private void imported(Item.Import i, SourceFile importer) {
        Optional<SourceUnit> other = imports.apply(i.path().value(), importer);
        if (other.isEmpty() || !imported.add(other.get().file().name())) {
            return;
        }
        Block block = names.file();
        functions(other.get(), block);
        for (Item item : other.get().items()) {
            switch (item) {
                case Item.Import next -> imported(next, other.get().file());
                case Item.Dims d -> d.lengths().forEach(l -> declare(Kind.LENGTH, l.name(), block));
                case Stmt.Let let -> let.bindings().forEach(b -> b.names().forEach(n -> declare(Kind.VALUE, n, block)));
                default -> {}
            }
        }
    }

    private void declare(Kind kind, Name name, Block block) {
        declare(new Declaration(kind, name), block);
    }

    private void declare(Declaration declaration, Block block) {
        block.declared().putIfAbsent(declaration.name(), declaration);
        if (names.isHere(declaration)) {
            names.use(declaration.place().start(), declaration);
        }
    }

    private void function(Item.Function f, Block around) {
        Block block = names.block(around, f.span());
        for (Item.Parameter p : f.parameters()) {
            declare(Kind.PARAMETER, p.name(), block);
            p.defaultValue().ifPresent(d -> expr(d, block));
        }
        for (Item.Parameter p : f.parameters()) {
            p.type().ifPresent(t -> parameterType(t, block));
        }
        f.body().forEach(s -> statement(s, block));
    }

    /** Names of lengths that nobody declared are declared by a parameter's type. */
    private void parameterType(TypeExpr type, Block block) {
        for (Expr dim : type.dims()) {
            if (dim instanceof Expr.Ref ref && block.find(ref.name()).isEmpty()) {
                declare(new Declaration(Kind.LENGTH, ref.name(), ref.span(), Optional.empty()), block);
            }
        }
        type(type, block);
    }

    private void statements(List<Stmt> body, Block block) {
        body.forEach(s -> statement(s, block));
    }

    private void statement(Stmt stmt, Block block) {
        switch (stmt) {
            case Stmt.Let let ->
                let.bindings().forEach(b -> {
                    expr(b.value(), block);
                    b.names().forEach(n -> declare(Kind.VALUE, n, block));
                });
            case Stmt.Assign assign -> {
                expr(assign.binding().value(), block);
                assign.binding().names().forEach(n -> use(n.text(), n.span().start(), block));
            }
            case Stmt.For loop -> {
                expr(loop.start(), block);
                expr(loop.stop(), block);
                Block inner = names.block(block, loop.span());
                declare(Kind.LOOP, loop.variable(), inner);
                statements(loop.body(), inner);
            }
            case Stmt.If branch -> {
                expr(branch.condition(), block);
                body(branch.then(), block);
                body(branch.otherwise(), block);
            }
            case Stmt.Return r -> r.values().forEach(v -> expr(v, block));
            case Stmt.Output o -> {
                o.type().ifPresent(t -> type(t, block));
                expr(o.value(), block);
                names.use(o.name().span().start(), new Declaration(Kind.OUTPUT, o.name()));
            }
        }
    }

    private void body(List<Stmt> body, Block around) {
        if (!body.isEmpty()) {
            statements(
                    body,
                    names.block(around, body.getFirst().span().to(body.getLast().span())));
        }
    }

    private void use(String name, int start, Block block) {
        block.find(name).ifPresent(d -> names.use(start, d));
    }

    private void type(TypeExpr type, Block block) {
        type.dims().forEach(d -> expr(d, block));
    }

    private void expr(Expr expr, Block block) {
        switch (expr) {
            case Expr.Ref ref -> use(ref.name(), ref.span().start(), block);
            case Expr.Call call -> {
                use(call.callee().text(), call.callee().span().start(), block);
                call.arguments().forEach(a -> expr(a.value(), block));
            }
            case Expr.ListLiteral list -> list.elements().forEach(e -> expr(e, block));
            case Expr.Unary u -> expr(u.operand(), block);
            case Expr.Binary b -> {
                expr(b.left(), block);
                expr(b.right(), block);
            }
            case Expr.Index i -> {
                expr(i.base(), block);
                i.subscripts().forEach(s -> subscript(s, block));
            }
            case Expr.Weight w -> {
                text(w.template(), block);
                type(w.type(), block);
                w.held().flatMap(Expr.Held::scales).ifPresent(s -> text(s, block));
                w.initial().ifPresent(i -> i.arguments().forEach(a -> expr(a.value(), block)));
            }
            case Expr.If choice -> {
                expr(choice.condition(), block);
                expr(choice.then(), block);
                expr(choice.otherwise(), block);
            }
            case Expr.StringLiteral s -> text(s, block);
            case Expr.IntLiteral ignored -> {}
            case Expr.FloatLiteral ignored -> {}
            case Expr.BoolLiteral ignored -> {}
        }
    }

    private void subscript(Expr.Subscript subscript, Block block) {
        switch (subscript) {
            case Expr.Subscript.At at -> expr(at.index(), block);
            case Expr.Subscript.Range range -> {
                range.start().ifPresent(e -> expr(e, block));
                range.stop().ifPresent(e -> expr(e, block));
                range.step().ifPresent(e -> expr(e, block));
            }
            case Expr.Subscript.Ellipsis ignored -> {}
            case Expr.Subscript.NewAxis ignored -> {}
        }
    }

    /** Names in the holes of a text. */
    private void text(Expr.StringLiteral literal, Block block) {
        try {
            for (Template.Part part : Parser.template(literal).parts()) {
                if (part instanceof Template.Hole hole) {
                    expr(hole.value(), block);
                }
            }
        } catch (DiagnosticException e) {
            // The parser has reported it; nothing in it has a meaning.
        }
    }
}
