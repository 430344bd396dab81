package heddle.cli;

import heddle.runtime.Heddle;
import picocli.CommandLine.IVersionProvider;

/** What {@code heddle --version} prints. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"heddle " + Heddle.version(), "Java " + Runtime.version()};
    }
}
