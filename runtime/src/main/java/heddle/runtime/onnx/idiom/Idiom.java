package heddle.runtime.onnx.idiom;

import heddle.runtime.onnx.OnnxAttribute;
import heddle.runtime.onnx.OnnxNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Something that exporters write as several nodes. */
interface Idiom {
    /** The domain of operators that ONNX has no name for. */
    String HEDDLE = "heddle";

    /** What the last of its nodes makes. Where it fits in several ways, the first one counts. */
    Pattern pattern();

    /** The node that says the same. Empty where the pattern is not enough to be sure. */
    Optional<OnnxNode> replacement(Match match);

    /** A node in the place of all that were matched, under the names of all of them. */
    static Optional<OnnxNode> node(
            Match match, String domain, String operator, List<String> inputs, Map<String, OnnxAttribute> attributes) {
        TreeSet<Integer> places = new TreeSet<>(match.absorbed());
        List<String> outputs = match.index().node(places.last()).outputs();
        places.addAll(match.seen());
        List<String> names = places.stream()
                .flatMap(place -> match.index().node(place).names().stream())
                .distinct()
                .toList();
        return Optional.of(new OnnxNode(names, domain, operator, inputs, outputs, attributes));
    }

    static OnnxAttribute number(double value) {
        return new OnnxAttribute.Number((float) value);
    }

    static OnnxAttribute whole(double value) {
        return new OnnxAttribute.Int((long) value);
    }
}
