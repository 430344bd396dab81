package heddle.trino;

import static io.trino.spi.function.InvocationConvention.InvocationArgumentConvention.NEVER_NULL;
import static io.trino.spi.function.InvocationConvention.InvocationReturnConvention.FAIL_ON_NULL;
import static io.trino.spi.type.VarcharType.VARCHAR;

import heddle.api.Embedder;
import io.airlift.slice.Slice;
import io.trino.spi.block.Block;
import io.trino.spi.connector.Connector;
import io.trino.spi.connector.ConnectorMetadata;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.connector.ConnectorTransactionHandle;
import io.trino.spi.function.BoundSignature;
import io.trino.spi.function.FunctionDependencies;
import io.trino.spi.function.FunctionDependencyDeclaration;
import io.trino.spi.function.FunctionId;
import io.trino.spi.function.FunctionMetadata;
import io.trino.spi.function.FunctionProvider;
import io.trino.spi.function.InvocationConvention;
import io.trino.spi.function.ScalarFunctionAdapter;
import io.trino.spi.function.ScalarFunctionImplementation;
import io.trino.spi.function.SchemaFunctionName;
import io.trino.spi.function.Signature;
import io.trino.spi.function.table.ConnectorTableFunction;
import io.trino.spi.function.table.ConnectorTableFunctionHandle;
import io.trino.spi.function.table.TableFunctionDataProcessor;
import io.trino.spi.function.table.TableFunctionProcessorProvider;
import io.trino.spi.transaction.IsolationLevel;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A catalog without tables. Its functions, the scalar one and that over tables, share the compiled model. */
final class HeddleConnector implements Connector {
    static final String SCHEMA = "system";
    static final String EMBED = "embed";

    private static final FunctionId ID = new FunctionId(EMBED);
    private static final FunctionMetadata METADATA = FunctionMetadata.scalarBuilder(EMBED)
            .functionId(ID)
            .signature(Signature.builder()
                    .returnType(Vectors.TYPE)
                    .argumentType(VARCHAR)
                    .build())
            .description("The vector of a text")
            .build();

    private enum Transaction implements ConnectorTransactionHandle {
        ONLY
    }

    private final Embedder embedder;

    HeddleConnector(Embedder embedder) {
        this.embedder = embedder;
    }

    @Override
    public ConnectorTransactionHandle beginTransaction(IsolationLevel isolation, boolean readOnly, boolean autoCommit) {
        return Transaction.ONLY;
    }

    @Override
    public ConnectorMetadata getMetadata(ConnectorSession session, ConnectorTransactionHandle transaction) {
        return new Metadata();
    }

    @Override
    public Set<ConnectorTableFunction> getTableFunctions() {
        return Set.of(new EmbedTableFunction());
    }

    @Override
    public Optional<FunctionProvider> getFunctionProvider() {
        return Optional.of(new Functions(embedder));
    }

    @Override
    public void shutdown() {
        // Models hold nothing but memory.
    }

    /** The scalar function; tables there are none. */
    private static final class Metadata implements ConnectorMetadata {
        @Override
        public List<String> listSchemaNames(ConnectorSession session) {
            return List.of(SCHEMA);
        }

        @Override
        public Collection<FunctionMetadata> listFunctions(ConnectorSession session, String schema) {
            return schema.equals(SCHEMA) ? List.of(METADATA) : List.of();
        }

        @Override
        public Collection<FunctionMetadata> getFunctions(ConnectorSession session, SchemaFunctionName name) {
            return name.equals(new SchemaFunctionName(SCHEMA, EMBED)) ? List.of(METADATA) : List.of();
        }

        @Override
        public FunctionMetadata getFunctionMetadata(ConnectorSession session, FunctionId id) {
            return METADATA;
        }

        @Override
        public FunctionDependencyDeclaration getFunctionDependencies(
                ConnectorSession session, FunctionId id, BoundSignature signature) {
            return FunctionDependencyDeclaration.NO_DEPENDENCIES;
        }
    }

    /** How both functions are computed. */
    private record Functions(Embedder embedder) implements FunctionProvider {
        private static final MethodHandle VECTOR;

        static {
            try {
                VECTOR = MethodHandles.lookup()
                        .findStatic(
                                Vectors.class,
                                "vector",
                                MethodType.methodType(Block.class, Embedder.class, Slice.class));
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        @Override
        public ScalarFunctionImplementation getScalarFunctionImplementation(
                FunctionId id,
                BoundSignature signature,
                FunctionDependencies dependencies,
                InvocationConvention convention) {
            MethodHandle method = ScalarFunctionAdapter.adapt(
                    VECTOR.bindTo(embedder),
                    signature.getReturnType(),
                    signature.getArgumentTypes(),
                    InvocationConvention.simpleConvention(FAIL_ON_NULL, NEVER_NULL),
                    convention);
            return ScalarFunctionImplementation.builder().methodHandle(method).build();
        }

        @Override
        public TableFunctionProcessorProvider getTableFunctionProcessorProvider(ConnectorTableFunctionHandle handle) {
            return new TableFunctionProcessorProvider() {
                @Override
                public TableFunctionDataProcessor getDataProcessor(
                        ConnectorSession session, ConnectorTableFunctionHandle same) {
                    return new EmbedProcessor(embedder);
                }
            };
        }
    }
}
