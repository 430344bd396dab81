package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Value;
import heddle.compiler.op.layout.Expand;
import heddle.compiler.op.layout.View;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.RuleContext;
import java.util.ArrayList;
import java.util.List;

/**
 * The views through which a value is read.
 *
 * @param views the last first
 * @param end   what they are views of
 */
record ViewPath(List<Node> views, ElementReference end) {
    static ViewPath of(Graph graph, ElementReference read) {
        List<Node> views = new ArrayList<>();
        ElementReference at = read;
        while (at.node().op() instanceof View) {
            views.add(at.node());
            at = at.operand(graph, 0);
        }
        return new ViewPath(views, at);
    }

    /** Lets the same views see another value of the new graph, which is broadcast to the shape of what they saw. */
    Value over(RuleContext context, Origin origin, Value other) {
        Value value = other.type().shape().equals(end.value().type().shape())
                ? other
                : context.out().part(new Expand(end.value().type().shape()), origin, other);
        for (Node view : views.reversed()) {
            value = context.out().part(view.op(), origin, value);
        }
        return value;
    }
}
