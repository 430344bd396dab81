package heddle.trino;

import io.trino.spi.StandardErrorCode;
import io.trino.spi.TrinoException;
import io.trino.spi.connector.ConnectorAccessControl;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.connector.ConnectorTransactionHandle;
import io.trino.spi.function.table.AbstractConnectorTableFunction;
import io.trino.spi.function.table.Argument;
import io.trino.spi.function.table.Descriptor;
import io.trino.spi.function.table.DescriptorArgument;
import io.trino.spi.function.table.DescriptorArgumentSpecification;
import io.trino.spi.function.table.ReturnTypeSpecification.DescribedTable;
import io.trino.spi.function.table.TableArgument;
import io.trino.spi.function.table.TableArgumentSpecification;
import io.trino.spi.function.table.TableFunctionAnalysis;
import io.trino.spi.type.RowType;
import io.trino.spi.type.VarcharType;
import java.util.List;
import java.util.Map;

/**
 * {@code TABLE(heddle.system.embed(input => TABLE(…), text => DESCRIPTOR(column)))}: the input's rows with their vectors in a further
 * column, {@code vector}. The texts of a page are embedded together.
 */
final class EmbedTableFunction extends AbstractConnectorTableFunction {
    private static final String INPUT = "INPUT";
    private static final String TEXT = "TEXT";

    EmbedTableFunction() {
        super(
                HeddleConnector.SCHEMA,
                HeddleConnector.EMBED,
                List.of(
                        TableArgumentSpecification.builder()
                                .name(INPUT)
                                .rowSemantics()
                                .passThroughColumns()
                                .build(),
                        DescriptorArgumentSpecification.builder().name(TEXT).build()),
                new DescribedTable(Descriptor.descriptor(List.of("vector"), List.of(Vectors.TYPE))),
                "The rows of a table with the vectors of their texts");
    }

    @Override
    public TableFunctionAnalysis analyze(
            ConnectorSession session,
            ConnectorTransactionHandle transaction,
            Map<String, Argument> arguments,
            ConnectorAccessControl access) {
        List<RowType.Field> fields =
                ((TableArgument) arguments.get(INPUT)).getRowType().getFields();
        String column = column((DescriptorArgument) arguments.get(TEXT));
        for (int i = 0; i < fields.size(); i++) {
            if (fields.get(i).getName().filter(column::equalsIgnoreCase).isPresent()) {
                if (!(fields.get(i).getType() instanceof VarcharType)) {
                    throw invalid("the column " + fields.get(i).getName().get() + " is "
                            + fields.get(i).getType() + ", not varchar; cast it in the query of the input");
                }
                return TableFunctionAnalysis.builder()
                        .requiredColumns(INPUT, List.of(i))
                        .handle(new EmbedHandle(column))
                        .build();
            }
        }
        throw invalid("the input has no column " + column + "; it has "
                + String.join(
                        ", ", fields.stream().flatMap(f -> f.getName().stream()).toList()));
    }

    private static String column(DescriptorArgument text) {
        List<Descriptor.Field> columns =
                text.getDescriptor().map(Descriptor::getFields).orElse(List.of());
        if (columns.size() != 1 || columns.getFirst().getName().isEmpty()) {
            throw invalid("text names one column, as in DESCRIPTOR(body)");
        }
        return columns.getFirst().getName().get();
    }

    private static TrinoException invalid(String message) {
        return new TrinoException(StandardErrorCode.INVALID_FUNCTION_ARGUMENT, message);
    }
}
