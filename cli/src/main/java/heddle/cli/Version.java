package heddle.cli;

import heddle.runtime.Heddle;
import picocli.CommandLine.IVersionProvider;

/** The output of {@code heddle --version}. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"heddle " + Heddle.version(), "Java " + Runtime.version()};
    }
}
