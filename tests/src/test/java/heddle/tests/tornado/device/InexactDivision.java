package heddle.tests.tornado.device;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;

/**
 * Divides floats as a device may: OpenCL lets quotients be 2.5 units in the last place off.
 *
 * @param ulps that they are too large by
 * @see <a href="https://registry.khronos.org/OpenCL/specs/unified/html/OpenCL_C.html#relative-error-as-ulps">OpenCL C,
 *     relative error as ULPs</a>
 */
public record InexactDivision(int ulps) implements CodeTransform {
    private static final ClassDesc OWNER =
            InexactDivision.class.describeConstable().orElseThrow();

    @Override
    public void accept(CodeBuilder code, CodeElement element) {
        if (element instanceof OperatorInstruction operator && operator.opcode() == Opcode.FDIV) {
            code.loadConstant(ulps)
                    .invokestatic(
                            OWNER,
                            "quotient",
                            MethodTypeDesc.of(
                                    ConstantDescs.CD_float,
                                    ConstantDescs.CD_float,
                                    ConstantDescs.CD_float,
                                    ConstantDescs.CD_int));
        } else {
            code.with(element);
        }
    }

    /** What generated code calls. */
    public static float quotient(float a, float b, int ulps) {
        float exact = a / b;
        return Float.isFinite(exact) ? exact + ulps * Math.ulp(exact) * Math.signum(exact) : exact;
    }
}
