package heddle.dsl.diagnostic;

import heddle.dsl.source.Span;

/**
 * A place related to a diagnostic.
 *
 * @param span where
 * @param text the text shown there, for example {@code "this is f32[B, N, 384]"}; may be empty
 */
public record Label(Span span, String text) {}
