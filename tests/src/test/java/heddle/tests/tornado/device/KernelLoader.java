package heddle.tests.tornado.device;

import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.Map;
import uk.ac.manchester.tornado.api.KernelContext;

/** Loads classes so that what their kernels do is checked; kernels are the static methods with a {@link KernelContext} in front. */
public final class KernelLoader extends ClassLoader {
    private final Map<String, byte[]> classes;
    private final int ulps;

    /** A loader of class files by their binary names. */
    public KernelLoader(Map<String, byte[]> classes) {
        this(classes, 0);
    }

    /** @param ulps that quotients of floats are off by, in all methods */
    public KernelLoader(Map<String, byte[]> classes, int ulps) {
        super(KernelLoader.class.getClassLoader());
        this.classes = classes;
        this.ulps = ulps;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte[] bytes = classes.get(name);
        if (bytes == null) {
            throw new ClassNotFoundException(name);
        }
        byte[] checked = checked(bytes);
        return defineClass(name, checked, 0, checked.length);
    }

    private byte[] checked(byte[] bytes) {
        ClassFile files = ClassFile.of();
        ClassModel model = files.parse(bytes);
        String file = model.findAttribute(Attributes.sourceFile())
                .map(source -> source.sourceFile().stringValue())
                .orElse(model.thisClass().asInternalName());
        DeviceFunctions.check(model, KernelLoader::isKernel);
        byte[] kernels = files.transformClass(model, (builder, element) -> {
            if (element instanceof MethodModel method && isKernel(method)) {
                builder.transformMethod(method, MethodTransform.transformingCode(new KernelCode(file, method)));
            } else {
                builder.with(element);
            }
        });
        return ulps == 0
                ? kernels
                : files.transformClass(
                        files.parse(kernels), ClassTransform.transformingMethodBodies(new InexactDivision(ulps)));
    }

    private static boolean isKernel(MethodModel method) {
        MethodTypeDesc type = method.methodTypeSymbol();
        return method.flags().has(AccessFlag.STATIC)
                && method.code().isPresent()
                && type.parameterCount() > 0
                && type.parameterType(0)
                        .equals(KernelContext.class.describeConstable().orElseThrow())
                && !method.flags().has(AccessFlag.SYNTHETIC);
    }
}
