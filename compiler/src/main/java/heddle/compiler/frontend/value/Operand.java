package heddle.compiler.frontend.value;

import heddle.dsl.source.Span;

/** A value with the expression that it comes from, so that a message can point at it. */
public record Operand(Denotation value, Span span) {}
