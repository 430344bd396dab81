package heddle.compiler.backend.tornado;

import heddle.compiler.scalar.Buffer;
import java.util.List;

/** What a task does: it runs a kernel of the file, or calls a library. */
public sealed interface TaskCall permits KernelMethods.Call, Gemm {
    /** The buffers that are its arguments. */
    List<Buffer> arrays();
}
