package heddle.runtime.artifact;

import java.io.IOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Files of artefacts that a program has among its dependencies: their jars are on its class path, perhaps in another jar. */
final class ClassPathEntries {
    private ClassPathEntries() {}

    /**
     * Where the class path has a file of that name.
     *
     * @param anyJar whether the file may lie in another jar than the artefact's, because its sum is known
     */
    static List<URL> of(ArtifactEntry wanted, boolean anyJar) throws IOException {
        String jar = "/" + wanted.artifact() + "-" + wanted.version() + ".jar!";
        Map<String, URL> found = new LinkedHashMap<>();
        for (ClassLoader loader : loaders()) {
            for (URL url : Collections.list(loader.getResources(wanted.entry()))) {
                if (anyJar || url.toString().contains(jar)) {
                    found.putIfAbsent(url.toString(), url);
                }
            }
        }
        return List.copyOf(found.values());
    }

    /** The application's, and Heddle's own, which may be one. */
    private static List<ClassLoader> loaders() {
        List<ClassLoader> loaders = new ArrayList<>();
        loaders.add(ClassPathEntries.class.getClassLoader());
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        if (context != null) {
            loaders.addFirst(context);
        }
        return loaders;
    }
}
