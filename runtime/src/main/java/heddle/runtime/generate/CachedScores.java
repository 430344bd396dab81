package heddle.runtime.generate;

import heddle.compiler.decode.DecodeStep.Cache;
import heddle.runtime.CachedModel;
import heddle.runtime.CompileOptions;
import heddle.runtime.CompiledModel;
import heddle.runtime.HeddleModel;
import heddle.runtime.tensor.Tensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The outputs of a model at the last token of a text that grows: each token is read once, and what later ones need of it is kept. */
final class CachedScores {
    private final CompiledModel first;
    private final CompiledModel next;
    private final List<Cache> caches;
    private final String tokens;
    private final Map<String, Tensor> kept = new HashMap<>();
    private int read;

    /** @param tokens the input of token numbers */
    CachedScores(CachedModel cached, String tokens, CompileOptions options) {
        this.first = cached.first().compile(options);
        this.next = cached.next().compile(options, first);
        this.caches = cached.caches();
        this.tokens = tokens;
    }

    /** A model with the same weights, which are packed once for both. */
    CompiledModel compile(HeddleModel other, CompileOptions options) {
        return other.compile(options, first);
    }

    /** How many tokens of the text were read. */
    int read() {
        return read;
    }

    /** Forgets the text. */
    void clear() {
        kept.clear();
        read = 0;
    }

    /** Reads tokens, several only at the beginning of a text. @return the outputs at these tokens */
    Map<String, Tensor> read(Tensor added) {
        int count = Math.toIntExact(added.shape()[1]);
        Map<String, Tensor> inputs = new LinkedHashMap<>(Map.of(tokens, added));
        inputs.putAll(kept);
        Map<String, Tensor> outputs = (read == 0 ? first : next).run(inputs);
        for (Cache cache : caches) {
            kept.merge(cache.name(), outputs.get(cache.name()), CachedScores::joined);
        }
        read += count;
        return outputs;
    }

    /** Two tensors behind each other along their first axis. */
    private static Tensor joined(Tensor a, Tensor b) {
        long[] shape = a.shape().clone();
        shape[0] += b.shape()[0];
        Object all = Tensor.newStorage(a.dtype(), a.size() + b.size());
        System.arraycopy(a.storage(), 0, all, 0, a.size());
        System.arraycopy(b.storage(), 0, all, a.size(), b.size());
        return Tensor.wrap(a.dtype(), shape, all);
    }
}
