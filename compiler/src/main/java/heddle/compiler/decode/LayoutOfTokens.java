package heddle.compiler.decode;

import heddle.compiler.decode.NewTokens.Form;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.layout.Gather;
import heddle.compiler.op.layout.Pad;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.op.layout.Slice;
import heddle.compiler.rule.DeclinedException;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Operations that move elements: each new token has to stay in its place among the others. */
final class LayoutOfTokens {
    private final NewTokens values;

    LayoutOfTokens(NewTokens values) {
        this.values = values;
    }

    Form reshape(Node node, Reshape r, Set<Integer> whole) {
        List<Dim> from = values.graph().operand(node, 0).type().shape().dims();
        List<Dim> to = r.shape().dims();
        Set<Integer> own = new TreeSet<>();
        for (int axis : values.axes(node)) {
            Dim before = new Shape(to.subList(0, axis)).size();
            int same = 0;
            while (same < from.size()
                    && !(values.isOfTokens(from.get(same))
                            && new Shape(from.subList(0, same)).size().equals(before))) {
                same++;
            }
            if (same == from.size()) {
                throw new DeclinedException(
                        node,
                        "a reshape to " + r.shape() + " takes tokens apart",
                        "keep the number of tokens, " + values.tokens() + ", whole");
            }
            if (whole.contains(axis)) {
                own.add(same);
            }
        }
        Form x = values.form(node, 0, own);
        return new Form(values.add(new Reshape(values.shape(to, whole)), node, x.value()), x.later());
    }

    /** Something that joins or picks along an axis that is not one of tokens. */
    Form along(Node node, int axis, String what, Set<Integer> whole) {
        List<Form> operands = new ArrayList<>();
        for (Value v : values.graph().operands(node)) {
            if (!values.isFree(v.type().dim(axis))) {
                throw new DeclinedException(node, "tokens " + what, "compute each token from its own features");
            }
            operands.add(values.form(v.node(), whole));
        }
        Value[] joined = operands.stream().map(Form::value).toArray(Value[]::new);
        return new Form(values.add(node.op(), node, joined), Later.UNKNOWN);
    }

    Form pad(Node node, Pad p, Set<Integer> whole) {
        Set<Integer> axes = new TreeSet<>(values.axes(node));
        axes.addAll(values.axes(values.graph().operand(node, 0).node()));
        for (int axis : axes) {
            if (!p.low().get(axis).isZero() || !p.high().get(axis).isZero()) {
                throw new DeclinedException(
                        node,
                        "elements are put before or behind the tokens",
                        "compute each token from its own features");
            }
        }
        return new Form(values.add(p, node, values.form(node, 0, whole).value()), Later.UNKNOWN);
    }

    Form slice(Node node, Slice s, Set<Integer> whole) {
        Node operandNode = values.graph().operand(node, 0).node();
        values.axes(operandNode); // Declines lengths that are made of others.
        TensorType x = operandNode.type();
        List<Dim> starts = new ArrayList<>(s.starts());
        Set<Integer> own = new TreeSet<>();
        for (int axis = 0; axis < x.rank(); axis++) {
            long step = s.steps().get(axis);
            boolean isAll =
                    s.starts().get(axis).isZero() && s.lengths().get(axis).equals(x.dim(axis)) && step == 1;
            if (values.isOfTokens(x.dim(axis)) && isAll) {
                if (whole.contains(axis)) {
                    own.add(axis);
                }
            } else if (!values.isFree(x.dim(axis)) || !values.isFree(s.starts().get(axis))) {
                throw new DeclinedException(
                        node, "tokens are picked by their place", "read the same token, or earlier ones by attention");
            } else if (values.isOfTokens(s.lengths().get(axis)) && !whole.contains(axis)) {
                starts.set(axis, starts.get(axis).plus(values.before().times(step)));
            }
        }
        Form operand = values.form(operandNode, own);
        Slice moved = new Slice(starts, values.shape(s.lengths(), whole).dims(), s.steps());
        return new Form(
                values.add(moved, node, operand.value()), own.size() == whole.size() ? operand.later() : Later.UNKNOWN);
    }

    Form gather(Node node, Gather g, Set<Integer> whole) {
        TensorType data = values.graph().operand(node, 0).type();
        int index = values.graph().operand(node, 1).type().rank();
        if (!values.isFree(data.dim(g.axis()))) {
            throw new DeclinedException(
                    node, "tokens are picked by their place", "read the same token, or earlier ones by attention");
        }
        Set<Integer> ofData = new TreeSet<>();
        Set<Integer> ofIndex = new TreeSet<>();
        for (int axis : whole) {
            if (axis < g.axis()) {
                ofData.add(axis);
            } else if (axis < g.axis() + index) {
                ofIndex.add(axis - g.axis());
            } else {
                ofData.add(axis - index + 1);
            }
        }
        Value picked = values.add(
                g,
                node,
                values.form(node, 0, ofData).value(),
                values.form(node, 1, ofIndex).value());
        return new Form(picked, Later.UNKNOWN);
    }
}
