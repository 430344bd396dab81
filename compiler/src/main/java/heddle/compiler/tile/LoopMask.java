package heddle.compiler.tile;

import heddle.compiler.scalar.ScalarExpr;

/**
 * The mask of a loop over blocks: which indices count.
 *
 * @param program a bool program over the axes of the loop and of those around it
 */
public record LoopMask(ScalarExpr program) {}
