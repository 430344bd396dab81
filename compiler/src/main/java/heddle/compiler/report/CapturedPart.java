package heddle.compiler.report;

import heddle.compiler.ir.Node;
import heddle.compiler.rule.SourceExcerpt;
import heddle.dsl.source.Span;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A piece of a model that went into a fused attention.
 *
 * @param role its role in the attention
 * @param node the node that computes it, in the graph before fusion
 * @param span where it is written, as seen from the softmax: for a value that functions computed, the call
 *     next to the softmax; empty when it does not come from source
 */
public record CapturedPart(Role role, Node node, Optional<Span> span) {
    /** A role in attention. */
    public enum Role {
        Q,
        K,
        V,
        /** A factor on queries, keys or scores. */
        SCALE,
        /** A term added to the scores. */
        BIAS,
        /** The condition under which a score counts. */
        MASK,
        /** A bound on the scores that they come near but never reach. */
        CAP,
        /** Any other function of a score. */
        SCORE,
        SOFTMAX,
        /** A score that no value belongs to. */
        SINK,
        /** A factor on the probabilities. */
        WEIGHT;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The role of {@code node} next to a softmax. */
    static CapturedPart of(Role role, Node node, Node softmax) {
        List<Span> spans = node.origin().spans();
        List<Span> frames = softmax.origin().spans();
        int own = spans.size();
        int common = frames.size();
        while (own > 1 && common > 1 && spans.get(own - 1).equals(frames.get(common - 1))) {
            own--;
            common--;
        }
        return new CapturedPart(role, node, own == 0 ? Optional.empty() : Optional.of(spans.get(own - 1)));
    }

    /** The source text in quotes, cut to {@code longest} characters; the operation's name when no source asked for it. */
    public String excerpt(int longest) {
        return span.map(s -> SourceExcerpt.of(s, longest - 2)).orElseGet(() -> SourceExcerpt.of(node));
    }
}
