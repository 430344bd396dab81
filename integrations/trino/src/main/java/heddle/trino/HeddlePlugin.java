package heddle.trino;

import io.trino.spi.Plugin;
import io.trino.spi.connector.ConnectorFactory;
import java.util.List;

/** What Trino finds: the connector {@code heddle}. Each catalog of it has one model. */
public final class HeddlePlugin implements Plugin {
    @Override
    public Iterable<ConnectorFactory> getConnectorFactories() {
        return List.of(new HeddleConnectorFactory());
    }
}
