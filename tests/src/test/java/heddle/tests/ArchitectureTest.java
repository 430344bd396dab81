package heddle.tests;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Which part may know which: the directions drawn in docs/architecture.md. */
class ArchitectureTest {
    private static final JavaClasses HEDDLE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(
                    "heddle.dsl",
                    "heddle.compiler",
                    "heddle.runtime",
                    "heddle.maven",
                    "heddle.cli",
                    "heddle.langchain4j",
                    "heddle.lucene",
                    "heddle.spark",
                    "heddle.springai");

    /** Each of them has an artefact of its own, which those add who use that framework. */
    private static final String[] FRAMEWORKS = {
        "heddle.langchain4j..", "heddle.lucene..", "heddle.spark..", "heddle.springai.."
    };

    @Test
    void modulesPointOneWay() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .withOptionalLayers(true)
                .layer("dsl")
                .definedBy("heddle.dsl..")
                .layer("compiler")
                .definedBy("heddle.compiler..")
                .layer("runtime")
                .definedBy("heddle.runtime..")
                .layer("maven")
                .definedBy("heddle.maven..")
                .layer("cli")
                .definedBy("heddle.cli..")
                .whereLayer("cli")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("maven")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("runtime")
                .mayOnlyBeAccessedByLayers("maven", "cli")
                .whereLayer("compiler")
                .mayOnlyBeAccessedByLayers("runtime", "cli")
                .check(HEDDLE);
    }

    /** They show that the public API is enough for such modules, and none needs another. */
    @Test
    void frameworksUseTheApiAlone() {
        for (String framework : FRAMEWORKS) {
            classes()
                    .that()
                    .resideInAPackage(framework)
                    .should()
                    .onlyDependOnClassesThat(resideInAPackage(framework)
                            .or(resideInAPackage("heddle.api.."))
                            .or(resideOutsideOfPackage("heddle..")))
                    .check(HEDDLE);
        }
    }

    @Test
    void compilerPackagesPointOneWay() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .withOptionalLayers(true)
                .layer("type")
                .definedBy("heddle.compiler.type..")
                .layer("scalar")
                .definedBy("heddle.compiler.scalar..")
                .layer("index")
                .definedBy("heddle.compiler.index..")
                .layer("tile")
                .definedBy("heddle.compiler.tile..")
                .layer("ir")
                .definedBy("heddle.compiler.ir..")
                .layer("op")
                .definedBy("heddle.compiler.op..")
                .layer("gradient")
                .definedBy("heddle.compiler.gradient..")
                .layer("recompute")
                .definedBy("heddle.compiler.recompute..")
                .layer("rule")
                .definedBy("heddle.compiler.rule..")
                .layer("pack")
                .definedBy("heddle.compiler.pack..")
                .layer("decode")
                .definedBy("heddle.compiler.decode..")
                .layer("softmax")
                .definedBy("heddle.compiler.softmax..")
                .layer("sum")
                .definedBy("heddle.compiler.sum..")
                .layer("join")
                .definedBy("heddle.compiler.join..")
                .layer("layout")
                .definedBy("heddle.compiler.layout..")
                .layer("attention")
                .definedBy("heddle.compiler.attention..")
                .layer("report")
                .definedBy("heddle.compiler.report..")
                .layer("schedule")
                .definedBy("heddle.compiler.schedule..")
                .layer("scheduled")
                .definedBy("heddle.compiler.scheduled..")
                .layer("frontend")
                .definedBy("heddle.compiler.frontend..")
                .layer("backend")
                .definedBy("heddle.compiler.backend..")
                .layer("pass")
                .definedBy("heddle.compiler.pass..")
                .layer("explain")
                .definedBy("heddle.compiler.explain..")
                .layer("inspect")
                .definedBy("heddle.compiler.inspect..")
                .layer("pipeline")
                .definedBy("heddle.compiler")
                .whereLayer("pipeline")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("inspect")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("explain")
                .mayOnlyBeAccessedByLayers("pipeline")
                .whereLayer("frontend")
                .mayOnlyBeAccessedByLayers("pipeline")
                .whereLayer("backend")
                .mayOnlyBeAccessedByLayers("inspect", "pipeline")
                .whereLayer("scheduled")
                .mayOnlyBeAccessedByLayers("backend", "inspect")
                .whereLayer("schedule")
                .mayOnlyBeAccessedByLayers("backend", "explain", "pipeline", "pass")
                .whereLayer("report")
                .mayOnlyBeAccessedByLayers("explain", "pipeline")
                .whereLayer("attention")
                .mayOnlyBeAccessedByLayers("report", "pipeline")
                .whereLayer("layout")
                .mayOnlyBeAccessedByLayers("attention", "report", "explain", "pipeline")
                .whereLayer("sum")
                .mayOnlyBeAccessedByLayers("pipeline")
                .whereLayer("join")
                .mayOnlyBeAccessedByLayers("report", "pipeline")
                .whereLayer("pack")
                .mayOnlyBeAccessedByLayers("pipeline")
                .whereLayer("decode")
                .mayOnlyBeAccessedByLayers("pipeline")
                .whereLayer("softmax")
                .mayOnlyBeAccessedByLayers("sum", "join", "attention", "report", "pipeline")
                .whereLayer("gradient")
                .mayOnlyBeAccessedByLayers("frontend", "inspect", "pipeline")
                .whereLayer("recompute")
                .mayOnlyBeAccessedByLayers("inspect", "pipeline")
                .whereLayer("rule")
                .mayOnlyBeAccessedByLayers(
                        "pack", "decode", "softmax", "sum", "join", "attention", "report", "pass", "pipeline")
                .whereLayer("op")
                .mayOnlyBeAccessedByLayers(
                        "tile",
                        "gradient",
                        "recompute",
                        "rule",
                        "pack",
                        "decode",
                        "softmax",
                        "sum",
                        "join",
                        "layout",
                        "attention",
                        "report",
                        "schedule",
                        "frontend",
                        "pass",
                        "explain",
                        "inspect",
                        "pipeline")
                .whereLayer("ir")
                .mayOnlyBeAccessedByLayers(
                        "op",
                        "gradient",
                        "recompute",
                        "rule",
                        "pack",
                        "decode",
                        "softmax",
                        "sum",
                        "join",
                        "layout",
                        "attention",
                        "report",
                        "schedule",
                        "frontend",
                        "pass",
                        "explain",
                        "inspect",
                        "pipeline")
                .check(HEDDLE);
    }

    @Test
    void noPackageCycles() {
        slices().matching("heddle.compiler.(*)..").should().beFreeOfCycles().check(HEDDLE);
        slices().matching("heddle.runtime.(*)..").should().beFreeOfCycles().check(HEDDLE);
        slices().matching("heddle.dsl.(*)..").should().beFreeOfCycles().check(HEDDLE);
    }

    @Test
    void jgraphtStaysBehindTheGraph() {
        noClasses()
                .that()
                .resideOutsideOfPackage("heddle.compiler.ir..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.jgrapht..")
                .check(HEDDLE);
    }

    @Test
    void antlrStaysBehindTheParser() {
        noClasses()
                .that()
                .resideOutsideOfPackage("heddle.dsl.parse..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.antlr..")
                .check(HEDDLE);
    }

    @Test
    void theCompilerTouchesNoFiles() {
        noClasses()
                .that()
                .resideInAnyPackage("heddle.compiler..", "heddle.dsl..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.nio.file..", "java.net..")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.io.File")
                .check(HEDDLE);
    }

    @Test
    void namesSayWhatThingsAre() {
        classes()
                .should()
                .haveNameNotMatching(".*(Impl|Utils?|Helpers?|Manager)(\\$.*)?")
                .andShould()
                .haveNameNotMatching(".*\\.Abstract[A-Z].*")
                .check(HEDDLE);
    }
}
