package heddle.cli.lsp;

import com.google.gson.JsonParseException;
import java.io.Reader;
import java.util.List;
import java.util.function.Function;
import org.eclipse.lsp4j.jsonrpc.Endpoint;
import org.eclipse.lsp4j.jsonrpc.Launcher;
import org.eclipse.lsp4j.jsonrpc.MessageConsumer;
import org.eclipse.lsp4j.jsonrpc.MessageIssueException;
import org.eclipse.lsp4j.jsonrpc.RemoteEndpoint;
import org.eclipse.lsp4j.jsonrpc.json.MessageJsonHandler;
import org.eclipse.lsp4j.jsonrpc.json.StreamMessageConsumer;
import org.eclipse.lsp4j.jsonrpc.messages.Message;
import org.eclipse.lsp4j.jsonrpc.messages.MessageIssue;
import org.eclipse.lsp4j.jsonrpc.messages.NotificationMessage;
import org.eclipse.lsp4j.jsonrpc.messages.RequestMessage;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseError;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseErrorCode;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseMessage;
import org.eclipse.lsp4j.jsonrpc.services.ServiceEndpoints;
import org.eclipse.lsp4j.services.LanguageClient;

/** Starts a server that answers what is no message with the error of the protocol for it; else it would only be logged. */
final class ParseErrors extends Launcher.Builder<LanguageClient> {
    @Override
    protected MessageJsonHandler createJsonHandler() {
        return new MessageJsonHandler(getSupportedMethods()) {
            @Override
            public Message parseMessage(Reader text) {
                try {
                    return super.parseMessage(text);
                } catch (JsonParseException e) {
                    throw new MessageIssueException(
                            new NotificationMessage(),
                            new MessageIssue("this is not JSON", ResponseErrorCode.ParseError.getValue(), e));
                }
            }
        };
    }

    @Override
    protected RemoteEndpoint createRemoteEndpoint(MessageJsonHandler json) {
        MessageConsumer out = wrapMessageConsumer(new StreamMessageConsumer(output, json));
        Endpoint services = ServiceEndpoints.toEndpoint(localServices);
        RemoteEndpoint endpoint = new Answering(out, services, RemoteEndpoint.DEFAULT_EXCEPTION_HANDLER);
        endpoint.setJsonHandler(json);
        json.setMethodProvider(endpoint);
        return endpoint;
    }

    private static final class Answering extends RemoteEndpoint {
        private final MessageConsumer out;

        private Answering(MessageConsumer out, Endpoint services, Function<Throwable, ResponseError> exceptionHandler) {
            super(out, services, exceptionHandler);
            this.out = out;
        }

        @Override
        public void handle(Message message, List<MessageIssue> issues) {
            boolean isRequest = message instanceof RequestMessage request && request.getId() != null;
            if (isRequest || message instanceof ResponseMessage) {
                super.handle(message, issues);
                return;
            }
            ResponseMessage answer = new ResponseMessage();
            answer.setError(new ResponseError(
                    ResponseErrorCode.ParseError, issues.getFirst().getText(), null));
            out.consume(answer);
        }
    }
}
