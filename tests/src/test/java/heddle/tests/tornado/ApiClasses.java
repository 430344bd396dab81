package heddle.tests.tornado;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.AttributedElement;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Class files below a directory or in a jar, read without being loaded.
 *
 * @param root where the packages begin
 */
record ApiClasses(Path root) {
    /** The classes of a package and those below it, by internal names. */
    List<String> names(String inPackage) throws IOException {
        try (Stream<Path> files = Files.walk(root.resolve(inPackage))) {
            return files.map(file -> root.relativize(file).toString())
                    .filter(name -> name.endsWith(".class"))
                    .map(name ->
                            name.substring(0, name.length() - ".class".length()).replace('\\', '/'))
                    .sorted()
                    .toList();
        }
    }

    boolean isPublic(String name) {
        return read(name).map(c -> c.flags().has(AccessFlag.PUBLIC)).orElse(false);
    }

    /**
     * What users of a class can name, inherited or its own: supertypes, and public methods and fields with their types, generic types, declared
     * exceptions and constant values.
     */
    Set<String> signatures(String name) {
        Set<String> signatures = new TreeSet<>();
        collect(name, true, signatures);
        return signatures;
    }

    private void collect(String name, boolean constructors, Set<String> signatures) {
        Optional<ClassModel> found = read(name);
        if (found.isEmpty()) {
            return;
        }
        ClassModel type = found.get();
        for (MethodModel method : type.methods()) {
            boolean inherited = !method.methodName().equalsString("<init>") || constructors;
            if (visible(method.flags().flags()) && inherited) {
                signatures.add(signature(method));
            }
        }
        for (FieldModel field : type.fields()) {
            if (visible(field.flags().flags())) {
                signatures.add(signature(field));
            }
        }
        Stream.concat(type.superclass().stream(), type.interfaces().stream())
                .map(ClassEntry::asInternalName)
                .forEach(parent -> {
                    if (isPublic(parent) || !parent.startsWith(packageOf(name))) {
                        signatures.add("is " + parent);
                    }
                    collect(parent, false, signatures);
                });
    }

    private static String signature(MethodModel method) {
        String exceptions = method.findAttribute(Attributes.exceptions()).stream()
                .flatMap(e -> e.exceptions().stream())
                .map(ClassEntry::asInternalName)
                .collect(Collectors.joining(", "));
        return modifier(method.flags().flags())
                + method.methodName()
                + method.methodType()
                + generic(method)
                + (exceptions.isEmpty() ? "" : " throws " + exceptions);
    }

    private static String signature(FieldModel field) {
        String constant = field.findAttribute(Attributes.constantValue())
                .map(value -> " = " + value.constant().constantValue())
                .orElse("");
        return modifier(field.flags().flags()) + field.fieldName() + " " + field.fieldType() + constant;
    }

    private static String generic(AttributedElement element) {
        return element.findAttribute(Attributes.signature())
                .map(signature -> " " + signature.signature().stringValue())
                .orElse("");
    }

    private static String modifier(Set<AccessFlag> flags) {
        return flags.contains(AccessFlag.STATIC) ? "static " : "";
    }

    private static boolean visible(Set<AccessFlag> flags) {
        return flags.contains(AccessFlag.PUBLIC) && !flags.contains(AccessFlag.SYNTHETIC);
    }

    private static String packageOf(String name) {
        return name.substring(0, name.lastIndexOf('/') + 1);
    }

    private Optional<ClassModel> read(String name) {
        Path file = root.resolve(name + ".class");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(ClassFile.of().parse(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
