package heddle.runtime.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** What {@code heddle --version} prints. */
final class Version implements IVersionProvider {
    /** The version in the jar's manifest; classes that lie in a directory have none. */
    static String number() {
        return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                .orElse("development build");
    }

    @Override
    public String[] getVersion() {
        return new String[] {"heddle " + number(), "Java " + Runtime.version()};
    }
}
