package heddle.runtime.onnx.idiom;

import heddle.runtime.onnx.OnnxAttribute;
import heddle.runtime.onnx.OnnxNode;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Something that exporters write as several nodes. */
interface Idiom {
    /** The domain of operators that ONNX has no name for. */
    String HEDDLE = "heddle";

    /** What the last of its nodes makes. Where it fits in several ways, the first one counts. */
    Pattern pattern();

    /** Whether the file rounds activations, and the replacement does not. */
    default boolean leavesOutRounding() {
        return false;
    }

    /** What says the same, mostly one node. Empty where the pattern is not enough to be sure. */
    List<OnnxNode> replacement(Match match);

    /** A node in the place of all that were matched, under the names of all of them. */
    static List<OnnxNode> node(
            Match match, String domain, String operator, List<String> inputs, Map<String, OnnxAttribute> attributes) {
        return List.of(new OnnxNode(names(match), domain, operator, inputs, outputs(match), attributes));
    }

    /** The results of the last node that was matched. */
    static List<String> outputs(Match match) {
        return match.index()
                .node(match.absorbed().stream().max(Integer::compare).orElseThrow())
                .outputs();
    }

    /** The names of all nodes that were matched. */
    static List<String> names(Match match) {
        TreeSet<Integer> places = new TreeSet<>(match.absorbed());
        places.addAll(match.seen());
        return places.stream()
                .flatMap(place -> match.index().node(place).names().stream())
                .distinct()
                .toList();
    }

    static OnnxAttribute number(double value) {
        return new OnnxAttribute.Number((float) value);
    }

    static OnnxAttribute whole(double value) {
        return new OnnxAttribute.Int((long) value);
    }
}
