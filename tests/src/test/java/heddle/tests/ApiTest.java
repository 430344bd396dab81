package heddle.tests;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What {@code heddle.api} promises to those who use it. */
class ApiTest {
    private static final Path SOURCES = Path.of("..", "runtime", "src", "main", "java", "heddle", "api");
    private static final Pattern PUBLIC_TYPE =
            Pattern.compile("(?m)^ *public (?:final |sealed )?(?:class|record|enum|interface|@interface) (\\w+)");
    private static final JavaClasses API = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("heddle.api");

    @Test
    void signaturesMentionOnlyTheApiAndJava() {
        classes().that().arePublic().should(mentionOnlyTheApi()).check(API);
    }

    @Test
    void theInsidesDoNotKnowTheApi() {
        JavaClasses all = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("heddle");
        noClasses()
                .that()
                .resideInAnyPackage("heddle.dsl..", "heddle.compiler..", "heddle.runtime..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("heddle.api..")
                .check(all);
    }

    @Test
    void everyTypeSaysSinceWhen() throws IOException {
        try (Stream<Path> files = Files.list(SOURCES)) {
            for (Path file : files.toList()) {
                String text = Files.readString(file);
                long types = PUBLIC_TYPE.matcher(text).results().count();
                long since =
                        Pattern.compile("@since \\d").matcher(text).results().count();
                assertTrue(since >= types && since > 0, file + " has " + types + " types and " + since + " @since");
            }
        }
    }

    private static ArchCondition<JavaClass> mentionOnlyTheApi() {
        return new ArchCondition<>("mention only heddle.api and java in public signatures") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                Set<JavaType> mentioned = new HashSet<>(type.getInterfaces());
                type.getSuperclass().ifPresent(mentioned::add);
                for (JavaMember member : type.getMembers()) {
                    if (!isOpen(member)) {
                        continue;
                    }
                    if (member instanceof JavaCodeUnit code) {
                        mentioned.add(code.getReturnType());
                        mentioned.addAll(code.getParameterTypes());
                        mentioned.addAll(code.getExceptionTypes());
                    } else if (member instanceof JavaField field) {
                        mentioned.add(field.getType());
                    }
                }
                mentioned.stream()
                        .flatMap(t -> t.getAllInvolvedRawTypes().stream())
                        .map(JavaClass::getBaseComponentType)
                        .filter(t -> !t.isPrimitive() && !isAllowed(t))
                        .distinct()
                        .forEach(t -> events.add(
                                SimpleConditionEvent.violated(type, type.getName() + " mentions " + t.getName())));
            }
        };
    }

    private static boolean isOpen(JavaMember member) {
        return member.getModifiers().contains(JavaModifier.PUBLIC)
                || member.getModifiers().contains(JavaModifier.PROTECTED);
    }

    private static boolean isAllowed(JavaClass type) {
        return List.of("heddle.api", "java").stream()
                .anyMatch(p ->
                        type.getPackageName().equals(p) || type.getPackageName().startsWith(p + "."));
    }
}
