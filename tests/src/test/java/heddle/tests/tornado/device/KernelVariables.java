package heddle.tests.tornado.device;

import java.lang.classfile.CodeElement;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LocalVariable;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.constant.ClassDesc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The names of a method's parameters and variables, which its class file holds when it was compiled with {@code -g}. */
final class KernelVariables {
    private static final String UNNAMED = "unnamed";

    private final List<CodeElement> elements;
    private final Map<Label, Integer> positions = new HashMap<>();
    private final List<LocalVariable> variables = new ArrayList<>();
    private final List<ClassDesc> types;

    KernelVariables(MethodModel method) {
        this.elements = method.code().orElseThrow().elementList();
        this.types = method.methodTypeSymbol().parameterList();
        for (int i = 0; i < elements.size(); i++) {
            switch (elements.get(i)) {
                case LabelTarget target -> positions.put(target.label(), i);
                case LocalVariable variable -> variables.add(variable);
                default -> {}
            }
        }
        if (variables.isEmpty()) {
            throw new KernelFault("kernel " + method.methodName() + " was compiled without -g");
        }
    }

    /** The names of the parameters, the context's first. */
    List<String> parameters() {
        List<String> names = new ArrayList<>();
        int slot = 0;
        for (ClassDesc type : types) {
            names.add(variableFrom(slot, -1));
            slot += TypeKind.from(type).slotSize();
        }
        return names;
    }

    /** The variable that the value of the given element is stored in, or "unnamed". */
    String assignedAfter(int element) {
        for (int i = element + 1; i < elements.size(); i++) {
            if (elements.get(i) instanceof StoreInstruction store) {
                return variableFrom(store.slot(), i);
            }
        }
        return UNNAMED;
    }

    private String variableFrom(int slot, int element) {
        return variables.stream()
                .filter(variable -> variable.slot() == slot && positions.get(variable.startScope()) > element)
                .min((a, b) -> positions.get(a.startScope()).compareTo(positions.get(b.startScope())))
                .map(variable -> variable.name().stringValue())
                .orElse(UNNAMED);
    }
}
