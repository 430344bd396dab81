import heddle.api.CompiledModel;
import heddle.api.Heddle;
import heddle.api.Tensor;
import java.nio.file.Path;
import java.util.List;

void main() {
    CompiledModel minilm = Heddle.model(Path.of("examples/minilm.heddle")).compile();
    Tensor vectors = minilm.run(List.of("The bank is near the river", "She put money in the bank"))
            .get("embedding");
    System.out.printf("cosine %.3f%n", vectors.cosine(0, 1));
}
