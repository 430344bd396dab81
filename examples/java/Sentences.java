import heddle.runtime.CompiledModel;
import heddle.runtime.Heddle;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.text.Similarity;
import java.nio.file.Path;
import java.util.List;

void main() {
    CompiledModel minilm = Heddle.model(Path.of("examples/minilm.heddle")).compile();
    Tensor vectors = minilm.run(List.of("The bank is near the river", "She put money in the bank"))
            .get("embedding");
    System.out.printf("cosine %.3f%n", Similarity.cosine(vectors, 0, 1));
}
