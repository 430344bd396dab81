package heddle.compiler.op.layout;

/** An operation of which each result element is an unchanged element of its operand, at an index that follows from its own. */
public interface View extends LayoutOp {}
