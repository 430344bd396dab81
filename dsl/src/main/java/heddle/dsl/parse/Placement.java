package heddle.dsl.parse;

import heddle.dsl.ast.Item;
import heddle.dsl.ast.Stmt;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.source.Span;
import java.util.List;

/** Checks what the grammar allows anywhere: {@code return} outside a function, {@code model} after something else. */
final class Placement {
    private final Problems problems;

    private Placement(Problems problems) {
        this.problems = problems;
    }

    static void check(List<Item> items, Problems problems) {
        Placement placement = new Placement(problems);
        for (int i = 0; i < items.size(); i++) {
            if (items.get(i) instanceof Item.Model model && i > 0) {
                problems.add(Diagnostic.at(
                                model.span(),
                                SyntaxCode.MISPLACED_STATEMENT,
                                "`model` names the file on its first line")
                        .related(items.get(i - 1).span(), "this stands before it")
                        .hint("move it to the top, and name a file only once"));
            }
            placement.outsideFunctions(items.get(i));
        }
    }

    private void outsideFunctions(Item item) {
        switch (item) {
            case Stmt.Return statement -> {
                Span keyword = new Span(
                        statement.span().file(),
                        statement.span().start(),
                        statement.span().start() + "return".length());
                problems.add(
                        Diagnostic.at(keyword, SyntaxCode.MISPLACED_STATEMENT, "`return` may only stand in a function")
                                .hint("to hand out a result of the model, write `output name = value`"));
            }
            case Stmt.For loop -> loop.body().forEach(this::outsideFunctions);
            case Stmt.If branch -> {
                branch.then().forEach(this::outsideFunctions);
                branch.otherwise().forEach(this::outsideFunctions);
            }
            default -> {}
        }
    }
}
