package heddle.compiler.frontend.value;

import heddle.dsl.source.Span;

/** A value and the expression that gave it, so that a message can point at it. */
public record Operand(Denotation value, Span span) {}
