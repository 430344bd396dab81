package heddle.springai;

import heddle.api.Heddle;
import heddle.api.Model;
import java.nio.file.Path;
import org.springframework.core.io.ResourceLoader;

/** What the property of the model may name: a file, a resource, or a published encoder. */
final class ModelLocation {
    private static final String FILE = "file:";

    private ModelLocation() {}

    /** Reads the model. @throws HeddleException when there is none, or it has mistakes */
    static Model read(String location, ClassLoader loader) {
        if (location.startsWith(ResourceLoader.CLASSPATH_URL_PREFIX)) {
            String name = location.substring(ResourceLoader.CLASSPATH_URL_PREFIX.length());
            return Heddle.modelFromResource(name.startsWith("/") ? name.substring(1) : name, loader);
        }
        if (location.startsWith(FILE)) {
            return Heddle.model(Path.of(location.substring(FILE.length())));
        }
        return Heddle.named(location);
    }
}
