package heddle.trino;

import io.trino.spi.function.table.ConnectorTableFunctionHandle;

/**
 * A call of the table function, as plans carry it to the workers. Public, because Trino writes it as JSON.
 *
 * @param column the name of the texts
 */
public record EmbedHandle(String column) implements ConnectorTableFunctionHandle {}
