package heddle.runtime.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Writes the bodies of a file's own functions in place of the nodes that call them. */
final class FunctionBodies {
    /** Far more nodes than any model has: functions that call others several times have bodies that double with each. */
    private static final int MOST_NODES = 200_000;

    /** Of names that begin with those of calls. */
    private static final long MOST_CHARACTERS = 1L << 28;

    /** Functions that call each other are visited one in another. */
    private static final int MOST_DEEP = 100;

    /** @param overload tells functions of one name apart */
    private record Key(String domain, String name, String overload) {}

    private final Map<Key, FunctionProto> functions = new HashMap<>();
    private final SortedMap<String, Integer> opsets;
    private final Set<String> prefixes = new HashSet<>();
    private final Map<String, Integer> calls = new HashMap<>();
    private int written;
    private long characters;

    /**
     * Functions of a file.
     *
     * @param opsets of the model; functions may use further domains
     * @throws MalformedModel when two functions have one name, or one is written for another version of a domain than the model
     */
    FunctionBodies(List<FunctionProto> functions, SortedMap<String, Integer> opsets) {
        this.opsets = new TreeMap<>(opsets);
        for (FunctionProto f : functions) {
            Key key = new Key(OnnxModel.domain(f.getDomain()), f.getName(), f.getOverload());
            if (this.functions.put(key, f) != null) {
                throw new MalformedModel("there are two functions named " + OnnxName.quoted(f.getName()));
            }
            for (OperatorSetIdProto opset : f.getOpsetImportList()) {
                Integer before = this.opsets.putIfAbsent(
                        OnnxModel.domain(opset.getDomain()), (int) Math.min(opset.getVersion(), Short.MAX_VALUE));
                if (before != null && before != opset.getVersion()) {
                    throw new MalformedModel(
                            "the function " + OnnxName.quoted(f.getName()) + " is written for version "
                                    + opset.getVersion() + " of the operators "
                                    + OnnxName.quoted(opset.getDomain()) + ", the model for " + before,
                            "bring both to one version with onnx.version_converter, after onnx.inliner has inlined"
                                    + " the functions");
                }
            }
        }
    }

    /** The versions of all domains, those of functions among them. */
    SortedMap<String, Integer> opsets() {
        return opsets;
    }

    /** The nodes, bodies in place of calls. Graphs in attributes are left as they are. */
    List<NodeProto> inlined(List<NodeProto> nodes) {
        if (functions.isEmpty()) {
            return nodes;
        }
        List<NodeProto> all = new ArrayList<>();
        nodes.forEach(n -> add(n, new LinkedHashSet<>(), all));
        return all;
    }

    /** @param open the functions whose bodies are being written */
    private void add(NodeProto node, Set<Key> open, List<NodeProto> all) {
        Key key = new Key(OnnxModel.domain(node.getDomain()), node.getOpType(), node.getOverload());
        FunctionProto function = functions.get(key);
        if (function == null) {
            if (++written > MOST_NODES) {
                throw new MalformedModel("its functions make more than " + MOST_NODES + " nodes of it");
            }
            all.add(node);
            return;
        }
        if (!open.add(key)) {
            throw new MalformedModel("the function " + OnnxName.quoted(key.name()) + " calls itself");
        }
        String prefix = prefix(node);
        long names = function.getNodeList().stream()
                .mapToLong(n -> 1 + n.getInputCount() + n.getOutputCount())
                .sum();
        characters += names * prefix.length();
        if (open.size() > MOST_DEEP || characters > MOST_CHARACTERS) {
            throw new MalformedModel("its functions call each other too often: the names in their bodies take "
                    + characters + " characters, " + open.size() + " functions deep");
        }
        new Call(node, function, prefix).body().forEach(n -> add(n, open, all));
        open.remove(key);
    }

    /** What names in the body begin with; no two calls have the same. */
    private String prefix(NodeProto call) {
        String name = !call.getName().isEmpty()
                ? call.getName()
                : call.getOutputList().stream()
                        .filter(o -> !o.isEmpty())
                        .findFirst()
                        .orElse(call.getOpType());
        String prefix = name;
        while (!prefixes.add(prefix)) {
            prefix = name + "#" + calls.merge(name, 2, (n, first) -> n + 1);
        }
        return prefix;
    }

    /** One call of a function. */
    private static final class Call {
        private final NodeProto call;
        private final FunctionProto function;
        private final String prefix;
        private final Map<String, String> names = new HashMap<>();
        private final Map<String, AttributeProto> attributes = new HashMap<>();
        private final List<NodeProto> copies = new ArrayList<>();

        Call(NodeProto call, FunctionProto function, String prefix) {
            this.call = call;
            this.function = function;
            this.prefix = prefix;
            if (call.getInputCount() > function.getInputCount() || call.getOutputCount() > function.getOutputCount()) {
                throw new MalformedModel("the call " + OnnxName.quoted(prefix) + " of "
                        + OnnxName.quoted(function.getName()) + " has more operands or results than the function");
            }
            for (int i = 0; i < function.getInputCount(); i++) {
                names.put(function.getInput(i), i < call.getInputCount() ? call.getInput(i) : "");
            }
            for (int i = 0; i < call.getOutputCount(); i++) {
                result(function.getOutput(i), call.getOutput(i));
            }
            function.getAttributeProtoList().forEach(a -> attributes.put(a.getName(), a));
            call.getAttributeList().forEach(a -> attributes.put(a.getName(), a));
        }

        /** A result that has a name already, such as an operand that is given back, is copied under the caller's. */
        private void result(String inside, String outside) {
            if (!outside.isEmpty() && names.putIfAbsent(inside, outside) != null) {
                copies.add(NodeProto.newBuilder()
                        .setOpType("Identity")
                        .setName(prefix + "/" + inside)
                        .addInput(names.get(inside))
                        .addOutput(outside)
                        .build());
            }
        }

        List<NodeProto> body() {
            List<NodeProto> body = new ArrayList<>();
            function.getNodeList().forEach(n -> body.add(node(n)));
            body.addAll(copies);
            return body;
        }

        private String renamed(String name) {
            return name.isEmpty() ? name : names.getOrDefault(name, prefix + "/" + name);
        }

        private NodeProto node(NodeProto node) {
            NodeProto.Builder copy = node.toBuilder()
                    .setName(prefix + "/" + (node.getName().isEmpty() ? node.getOpType() : node.getName()))
                    .clearInput()
                    .clearOutput()
                    .clearAttribute();
            node.getInputList().forEach(i -> copy.addInput(renamed(i)));
            node.getOutputList().forEach(o -> copy.addOutput(renamed(o)));
            for (AttributeProto a : node.getAttributeList()) {
                if (a.getRefAttrName().isEmpty()) {
                    copy.addAttribute(
                            a.hasG() ? a.toBuilder().setG(graph(a.getG())).build() : a);
                } else if (attributes.containsKey(a.getRefAttrName())) {
                    // One that the call does not give is left to its default.
                    copy.addAttribute(
                            attributes.get(a.getRefAttrName()).toBuilder().setName(a.getName()));
                }
            }
            return copy.build();
        }

        /** A graph in the body; it may read what the body defines. */
        private GraphProto graph(GraphProto graph) {
            GraphProto.Builder copy =
                    graph.toBuilder().clearNode().clearInput().clearOutput().clearInitializer();
            graph.getNodeList().forEach(n -> copy.addNode(node(n)));
            graph.getInputList().forEach(v -> copy.addInput(value(v)));
            graph.getOutputList().forEach(v -> copy.addOutput(value(v)));
            for (TensorProto t : graph.getInitializerList()) {
                copy.addInitializer(t.toBuilder().setName(renamed(t.getName())));
            }
            return copy.build();
        }

        private ValueInfoProto value(ValueInfoProto v) {
            return v.toBuilder().setName(renamed(v.getName())).build();
        }
    }
}
