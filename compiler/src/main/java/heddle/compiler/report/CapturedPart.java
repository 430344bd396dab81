package heddle.compiler.report;

import heddle.compiler.ir.Node;
import heddle.compiler.rule.SourceExcerpt;
import heddle.dsl.source.Span;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

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
        List<Span> frames = softmax.origin().spans();
        Optional<Seen> nearest = Stream.concat(Stream.of(node.origin().spans()), node.origin().merged().stream())
                .filter(spans -> !spans.isEmpty())
                .map(spans -> Seen.from(frames, spans))
                .min(Comparator.comparingInt((Seen seen) -> -seen.shared)
                        .thenComparingInt(seen -> seen.own)
                        .thenComparingInt(seen -> seen.distance));
        return new CapturedPart(role, node, nearest.map(Seen::span));
    }

    /**
     * A place as seen from another. Of several places where equal expressions stand, the one in the same calls and loops is
     * meant, then the one that fewer calls lead to, then the one that is nearer in the text.
     *
     * @param shared   the calls and loops that both were reached through
     * @param own      the places from there on
     * @param distance in characters
     */
    private record Seen(Span span, int shared, int own, int distance) {
        static Seen from(List<Span> frames, List<Span> spans) {
            int own = spans.size();
            int common = frames.size();
            while (own > 1 && common > 1 && spans.get(own - 1).equals(frames.get(common - 1))) {
                own--;
                common--;
            }
            Span span = spans.get(own - 1);
            boolean near = common > 0 && frames.get(common - 1).file().equals(span.file());
            int distance = near ? Math.abs(span.start() - frames.get(common - 1).start()) : Integer.MAX_VALUE;
            return new Seen(span, spans.size() - own, own, distance);
        }
    }

    /** The source text in quotes, cut to {@code longest} characters; the operation's name when no source asked for it. */
    public String excerpt(int longest) {
        return span.map(s -> SourceExcerpt.of(s, longest - 2)).orElseGet(() -> SourceExcerpt.of(node));
    }
}
