package heddle.compiler.ir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.ir.drawing.GraphDot;
import heddle.compiler.ir.drawing.GraphSvg;
import heddle.compiler.ir.text.GraphJson;
import heddle.compiler.ir.text.GraphText;
import heddle.compiler.ir.text.GraphTextTest;
import heddle.compiler.op.RandomGraph;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** GraphDot, GraphJson and GraphSvg. */
class GraphExportsTest {
    private static final Graph GRAPH = GraphTextTest.read("""
            graph "a <small> \\"graph\\"" {
              %0 = input {name = "x & y"} : f32[B, 4]  // tiny.heddle:2:7
              %1 = weight {name = "a.rather.long.name.of.a.weight.in.some.layer"} : f32[4]
              %2 = constant {values = [-inf]} : f32[]
              %3 = mul(%0, %1) : f32[B, 4]  // layer.0/f tiny.heddle:3:1
              %4 = mul(%3, %3) : f32[B, 4]
              %5 = add(%4, %2) : f32[B, 4]
              %6 = slice(%5) {starts = [B - 1, 0], lengths = [1, 4], steps = [1, 1]} : f32[1, 4]
              output y = %6
              output w = %1
            }
            """);

    @Test
    void json() {
        assertEquals("""
                {"name": "a <small> \\"graph\\"",
                 "nodes": [
                  {"id": 0, "op": "input", "category": "input", "attributes": {"name": "x & y"}, "operands": [], \
                "results": [{"dtype": "f32", "shape": ["B", 4]}], "path": "input#1", "scope": "", "places": ["tiny.heddle:2:7"]},
                  {"id": 1, "op": "weight", "category": "weight", \
                "attributes": {"name": "a.rather.long.name.of.a.weight.in.some.layer"}, "operands": [], \
                "results": [{"dtype": "f32", "shape": [4]}], "path": "weight~1", "scope": "", "places": []},
                  {"id": 2, "op": "constant", "category": "constant", "attributes": {"values": ["-inf"]}, \
                "operands": [], "results": [{"dtype": "f32", "shape": []}], "path": "number~1", "scope": "", "places": []},
                  {"id": 3, "op": "mul", "category": "elementwise", "attributes": {}, \
                "operands": [{"node": 0, "result": 0}, {"node": 1, "result": 0}], \
                "results": [{"dtype": "f32", "shape": ["B", 4]}], "path": "layer.0/f:mul#1", "scope": "layer.0/f", "places": ["tiny.heddle:3:1"]},
                  {"id": 4, "op": "mul", "category": "elementwise", "attributes": {}, \
                "operands": [{"node": 3, "result": 0}, {"node": 3, "result": 0}], \
                "results": [{"dtype": "f32", "shape": ["B", 4]}], "path": "mul~1", "scope": "", "places": []},
                  {"id": 5, "op": "add", "category": "elementwise", "attributes": {}, \
                "operands": [{"node": 4, "result": 0}, {"node": 2, "result": 0}], \
                "results": [{"dtype": "f32", "shape": ["B", 4]}], "path": "add~1", "scope": "", "places": []},
                  {"id": 6, "op": "slice", "category": "layout", \
                "attributes": {"starts": ["B - 1", 0], "lengths": [1, 4], "steps": [1, 1]}, \
                "operands": [{"node": 5, "result": 0}], \
                "results": [{"dtype": "f32", "shape": [1, 4]}], "path": "slice~1", "scope": "", "places": []}
                 ],
                 "outputs": [
                  {"name": "y", "node": 6, "result": 0},
                  {"name": "w", "node": 1, "result": 0}
                 ]}
                """, GraphJson.print(GRAPH));
    }

    @Test
    void dot() {
        String dot = GraphDot.print(GRAPH);
        assertTrue(dot.startsWith("digraph \"a <small> \\\"graph\\\"\" {\n"), dot);
        assertEquals(
                7,
                dot.lines()
                        .filter(l -> l.contains("label=\"") && !l.contains("->"))
                        .count(),
                dot);
        assertEquals(7, dot.lines().filter(l -> l.contains("->")).count(), dot);
        assertEquals(2, dot.lines().filter(l -> l.contains("n3 -> n4")).count(), "both slots of mul(%3, %3)");
        assertEquals(2, dot.split("peripheries=\"2\"", -1).length - 1, "two nodes are outputs");
    }

    @Test
    void theDrawingShowsEveryNodeOnceButLeavesBesideTheirReaders() throws Exception {
        List<String> titles = titles(parse(GraphSvg.print(GRAPH)), "g");
        for (Node n : GRAPH.nodes()) {
            int expected = n.id() == 1 ? 2 : 1;
            String line = GraphText.line(GRAPH, n);
            assertEquals(expected, titles.stream().filter(line::equals).count(), line);
        }
        assertTrue(titles.contains("y : f32[1, 4]"), titles.toString());
    }

    @Test
    void edgesTellTheirTypes() throws Exception {
        List<String> titles = titles(parse(GraphSvg.print(GRAPH)), "path");
        assertEquals(9, titles.size(), "one edge an operand or output");
        assertEquals(2, titles.stream().filter("%3 : f32[B, 4]"::equals).count());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void drawingsOfRandomGraphsAreSoundAndAlwaysTheSame(long seed) throws Exception {
        Graph graph = RandomGraph.of(seed, 80);
        String svg = GraphSvg.print(graph);
        assertEquals(svg, GraphSvg.print(RandomGraph.of(seed, 80)), "seed " + seed);
        List<String> titles = titles(parse(svg), "g");
        for (Node n : graph.nodes()) {
            boolean drawn = graph.useCount(n) > 0;
            assertTrue(!drawn || titles.contains(GraphText.line(graph, n)), "seed " + seed + " " + n);
        }
    }

    @Test
    void anEmptyGraphHasEmptyExports() throws Exception {
        Graph empty = new Graph.Builder("empty").build();
        assertEquals("{\"name\": \"empty\",\n \"nodes\": [\n\n ],\n \"outputs\": [\n\n ]}\n", GraphJson.print(empty));
        assertEquals(List.of(), titles(parse(GraphSvg.print(empty)), "g"));
    }

    private static Document parse(String xml) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }

    /** The tooltips of all elements with this tag. */
    private static List<String> titles(Document svg, String tag) {
        List<String> titles = new ArrayList<>();
        NodeList elements = svg.getElementsByTagName(tag);
        for (int i = 0; i < elements.getLength(); i++) {
            Element e = (Element) elements.item(i);
            if (e.getFirstChild() instanceof Element title && title.getTagName().equals("title")) {
                titles.add(title.getTextContent());
            }
        }
        return titles;
    }
}
