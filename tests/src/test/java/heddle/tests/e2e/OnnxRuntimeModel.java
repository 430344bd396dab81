package heddle.tests.e2e;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import heddle.runtime.tensor.Tensor;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Map;

/** The published MiniLM as ONNX Runtime runs it, with the pooling that its authors prescribe. */
final class OnnxRuntimeModel implements AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;

    OnnxRuntimeModel(Path file) {
        try {
            this.session = environment.createSession(file.toString(), new OrtSession.SessionOptions());
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The mean of each text's token vectors, padding left out, brought to length one. */
    Tensor embedding(Map<String, Tensor> inputs) {
        Tensor ids = inputs.get("input_ids");
        Tensor mask = inputs.get("attention_mask");
        int batch = (int) ids.shape()[0];
        int length = (int) ids.shape()[1];
        float[] hidden = lastHiddenState(ids, mask);
        int width = hidden.length / ids.size();
        float[] result = new float[batch * width];
        for (int b = 0; b < batch; b++) {
            double[] sum = new double[width];
            for (int i = b * length; i < (b + 1) * length; i++) {
                for (int d = 0; d < width; d++) {
                    sum[d] += mask.longs()[i] * hidden[i * width + d];
                }
            }
            // The length of the vector does not depend on the number of tokens it is divided by.
            double norm = 0;
            for (double s : sum) {
                norm += s * s;
            }
            for (int d = 0; d < width; d++) {
                result[b * width + d] = (float) (sum[d] / Math.sqrt(norm));
            }
        }
        return Tensor.of(result, batch, width);
    }

    private float[] lastHiddenState(Tensor ids, Tensor mask) {
        try (OnnxTensor idTensor = tensor(ids);
                OnnxTensor maskTensor = tensor(mask);
                OnnxTensor typeTensor = tensor(Tensor.of(new long[ids.size()], ids.shape()));
                OrtSession.Result result = session.run(
                        Map.of("input_ids", idTensor, "attention_mask", maskTensor, "token_type_ids", typeTensor))) {
            FloatBuffer buffer = ((OnnxTensor) result.get(0)).getFloatBuffer();
            float[] hidden = new float[buffer.remaining()];
            buffer.get(hidden);
            return hidden;
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    private OnnxTensor tensor(Tensor t) throws OrtException {
        return OnnxTensor.createTensor(environment, LongBuffer.wrap(t.longs()), t.shape());
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }
}
