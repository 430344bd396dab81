package heddle.tests.tornado.device;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.ArrayLoadInstruction;
import java.lang.classfile.instruction.ArrayStoreInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.lang.classfile.instruction.NewPrimitiveArrayInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** Turns what a kernel's method does with memory and barriers into calls of {@link CheckedAccess}. */
final class KernelCode implements CodeTransform {
    private static final ClassDesc CHECKED =
            CheckedAccess.class.describeConstable().orElseThrow();
    private static final ClassDesc CONTEXT =
            KernelContext.class.describeConstable().orElseThrow();
    private static final String ARRAYS = TornadoNativeArray.class.getPackageName();
    private static final ClassDesc[] SITE = {CONTEXT, ConstantDescs.CD_int};

    private final String file;
    private final MethodModel method;
    private final KernelVariables variables;
    private int element;
    private int line;

    KernelCode(String file, MethodModel method) {
        this.file = file;
        this.method = method;
        this.variables = new KernelVariables(method);
    }

    @Override
    public void atStart(CodeBuilder code) {
        MethodTypeDesc type = MethodTypeDesc.of(
                ConstantDescs.CD_void,
                CONTEXT,
                ConstantDescs.CD_String,
                ConstantDescs.CD_String,
                ConstantDescs.CD_String);
        code.aload(0)
                .loadConstant(file)
                .loadConstant(method.methodName().stringValue())
                .loadConstant(String.join(",", variables.parameters()))
                .invokestatic(CHECKED, "enter", type);
    }

    @Override
    public void accept(CodeBuilder code, CodeElement next) {
        switch (next) {
            case LineNumber number -> {
                line = number.line();
                code.with(number);
            }
            case ArrayLoadInstruction load -> load(code, load.typeKind());
            case ArrayStoreInstruction store -> store(code, store.typeKind());
            case NewPrimitiveArrayInstruction creation -> {
                ClassDesc array = creation.typeKind().upperBound().arrayType();
                code.with(creation)
                        .invokestatic(
                                CHECKED,
                                "privateArray",
                                MethodTypeDesc.of(ConstantDescs.CD_Object, ConstantDescs.CD_Object))
                        .checkcast(array);
            }
            case InvokeInstruction call -> call(code, call);
            default -> code.with(next);
        }
        element++;
    }

    private void load(CodeBuilder code, TypeKind kind) {
        MethodTypeDesc type = MethodTypeDesc.of(kind.asLoadable().upperBound(), array(kind), ConstantDescs.CD_int);
        checked(code, "load", type);
    }

    private void store(CodeBuilder code, TypeKind kind) {
        MethodTypeDesc type = MethodTypeDesc.of(
                ConstantDescs.CD_void,
                array(kind),
                ConstantDescs.CD_int,
                kind.asLoadable().upperBound());
        checked(code, "store", type);
    }

    private void call(CodeBuilder code, InvokeInstruction call) {
        ClassDesc owner = call.owner().asSymbol();
        String name = call.name().stringValue();
        MethodTypeDesc type = call.typeSymbol();
        if (owner.packageName().equals(ARRAYS) && (name.equals("get") || name.equals("set"))) {
            checked(code, name, type.insertParameterTypes(0, owner));
        } else if (owner.equals(CONTEXT) && name.equals("localBarrier")) {
            code.loadConstant(line).invokestatic(CHECKED, name, MethodTypeDesc.of(ConstantDescs.CD_void, SITE));
        } else if (owner.equals(CONTEXT) && name.startsWith("allocate")) {
            code.loadConstant(variables.assignedAfter(element)).loadConstant(line);
            code.invokestatic(
                    CHECKED,
                    name,
                    type.insertParameterTypes(0, CONTEXT)
                            .insertParameterTypes(2, ConstantDescs.CD_String, ConstantDescs.CD_int));
        } else {
            code.with(call);
        }
    }

    /** A call of a static method that takes, after what lies on the stack, the thread and the line. */
    private void checked(CodeBuilder code, String name, MethodTypeDesc type) {
        code.aload(0).loadConstant(line);
        code.invokestatic(CHECKED, name, type.insertParameterTypes(type.parameterCount(), SITE));
    }

    private static ClassDesc array(TypeKind kind) {
        return kind == TypeKind.BYTE
                ? ConstantDescs.CD_Object
                : kind.upperBound().arrayType();
    }
}
