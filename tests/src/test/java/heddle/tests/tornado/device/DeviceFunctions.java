package heddle.tests.tornado.device;

import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.ArrayLoadInstruction;
import java.lang.classfile.instruction.ArrayStoreInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** The methods of a class that its kernels call, which must leave memory alone when they do not take the thread's context. */
final class DeviceFunctions {
    private static final String ARRAYS = TornadoNativeArray.class.getPackageName();

    private DeviceFunctions() {}

    /**
     * Checks that no access of memory escapes the double.
     *
     * @throws KernelFault when a method without a context, called from a kernel, reads or writes an array
     */
    static void check(ClassModel type, Predicate<MethodModel> kernels) {
        Map<String, MethodModel> methods = new HashMap<>();
        Deque<MethodModel> open = new ArrayDeque<>();
        for (MethodModel method : type.methods()) {
            methods.put(
                    key(method.methodName().stringValue(), method.methodType().stringValue()), method);
            if (kernels.test(method)) {
                open.add(method);
            }
        }
        Set<MethodModel> seen = new HashSet<>(open);
        while (!open.isEmpty()) {
            MethodModel method = open.remove();
            if (!kernels.test(method)) {
                checkAccesses(method);
            }
            for (CodeElement element : method.code().orElseThrow()) {
                if (element instanceof InvokeInstruction call && call.owner().equals(type.thisClass())) {
                    MethodModel called = methods.get(
                            key(call.name().stringValue(), call.type().stringValue()));
                    if (called != null && seen.add(called)) {
                        open.add(called);
                    }
                }
            }
        }
    }

    private static void checkAccesses(MethodModel method) {
        for (CodeElement element : method.code().orElseThrow()) {
            boolean access = element instanceof ArrayLoadInstruction
                    || element instanceof ArrayStoreInstruction
                    || element instanceof InvokeInstruction call
                            && call.owner().asSymbol().packageName().equals(ARRAYS);
            if (access) {
                throw new KernelFault(
                        "method " + method.methodName() + " is called from a kernel and uses an array, but"
                                + " takes no KernelContext: the double could not check it");
            }
        }
    }

    private static String key(String name, String type) {
        return name + type;
    }
}
