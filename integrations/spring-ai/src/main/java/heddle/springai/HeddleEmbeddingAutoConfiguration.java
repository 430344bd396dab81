package heddle.springai;

import heddle.api.Embedder;
import heddle.api.Heddle;
import heddle.api.Options;
import io.micrometer.observation.ObservationRegistry;
import java.util.function.Supplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationConvention;
import org.springframework.ai.model.SpringAIModelProperties;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.ResourceLoader;

/**
 * Makes the model that {@code spring.ai.heddle.embedding.*} describes, unless {@code spring.ai.model.embedding} names another
 * provider. The model is compiled when the program starts, so that what is wrong with it ends the start.
 */
@AutoConfiguration
@ConditionalOnClass({EmbeddingModel.class, Embedder.class})
@ConditionalOnProperty(
        name = SpringAIModelProperties.EMBEDDING_MODEL,
        havingValue = HeddleEmbeddingModel.PROVIDER,
        matchIfMissing = true)
@EnableConfigurationProperties(HeddleEmbeddingProperties.class)
public class HeddleEmbeddingAutoConfiguration {
    private static final Log LOG = LogFactory.getLog(HeddleEmbeddingModel.class);

    @Bean
    @ConditionalOnMissingBean
    HeddleEmbeddingModel heddleEmbeddingModel(
            HeddleEmbeddingProperties properties,
            ResourceLoader resources,
            ObjectProvider<ObservationRegistry> observations,
            ObjectProvider<EmbeddingModelObservationConvention> convention) {
        requireVectorModule();
        Options options = options(properties);
        Embedder.Settings settings = settings(properties);
        Embedder plain = HeddleStartException.explained(
                "model",
                properties.model(),
                "name a .heddle or .onnx file, classpath: and a resource, or one of "
                        + String.join(", ", Heddle.publishedNames()),
                () -> Embedder.of(
                        ModelLocation.read(properties.model(), resources.getClassLoader()), options, settings));
        Beginnings beginnings = Beginnings.of(plain, settings, properties);
        HeddleEmbeddingModel.Builder model = HeddleEmbeddingModel.builder(properties.model(), beginnings.texts())
                .documents(beginnings.documents())
                .metadataMode(properties.metadataMode())
                .observationRegistry(observations.getIfUnique(() -> ObservationRegistry.NOOP));
        convention.ifAvailable(model::observationConvention);
        return model.build();
    }

    private static void requireVectorModule() {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            throw new HeddleStartException(
                    "Heddle computes with Java's Vector API, and this Java was started without the module"
                            + " jdk.incubator.vector.",
                    "Start java with --add-modules jdk.incubator.vector before -jar or the class; for mvn spring-boot:run,"
                            + " write it in <jvmArguments> of spring-boot-maven-plugin; where the command cannot be changed,"
                            + " set the environment variable JDK_JAVA_OPTIONS to it. To do without Heddle, set the property "
                            + SpringAIModelProperties.EMBEDDING_MODEL + " to another provider, or to none.");
        }
    }

    private static Options options(HeddleEmbeddingProperties properties) {
        Options options = Options.defaults().warnings(LOG::warn);
        if (properties.weights() != null) {
            options = options.weights(properties.weights());
        }
        if (properties.tokenizer() != null) {
            options = options.tokenizer(properties.tokenizer());
        }
        return properties.threads() == null
                ? options
                : HeddleStartException.explained(
                        "threads",
                        properties.threads(),
                        "leave it out for all processors",
                        shared(options, properties.threads()));
    }

    private static Supplier<Options> shared(Options options, int threads) {
        return () -> options.threads(threads);
    }

    private static Embedder.Settings settings(HeddleEmbeddingProperties properties) {
        Embedder.Settings settings = Embedder.Settings.defaults();
        if (properties.longTexts() == HeddleEmbeddingProperties.LongTexts.SPLIT) {
            settings = settings.splitLongTexts();
        }
        if (properties.normalize() != null) {
            settings = settings.normalize(properties.normalize());
        }
        if (properties.tokenBudget() == null) {
            return settings;
        }
        return HeddleStartException.explained(
                "token-budget",
                properties.tokenBudget(),
                "leave it out for a budget that suits processors",
                budgeted(settings, properties.tokenBudget()));
    }

    private static Supplier<Embedder.Settings> budgeted(Embedder.Settings settings, int tokens) {
        return () -> settings.tokenBudget(tokens);
    }
}
