package heddle.cli.lsp;

import static heddle.cli.lsp.EditorClient.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.cli.ExitCode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.lsp4j.CodeLensParams;
import org.eclipse.lsp4j.TextDocumentSyncKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a language server begins and ends. */
class ServerLifeTest {
    private static final int LIMIT = 60;
    private static final String MODEL =
            "dim N\ninput x: f32[N, 64]\noutput y = softmax(x @ transpose(x), axis = -1) @ x\n";

    @TempDir
    Path dir;

    private static int ended(Process process) throws InterruptedException {
        assertTrue(process.waitFor(LIMIT, TimeUnit.SECONDS), "the server does not end");
        return process.exitValue();
    }

    private static void send(Process server, String... messages) throws IOException {
        OutputStream out = server.getOutputStream();
        for (String message : messages) {
            byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
            out.write(("Content-Length: " + bytes.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            out.write(bytes);
        }
        out.flush();
    }

    @Test
    void aServerSaysWhatItCan() throws Exception {
        try (EditorClient editor = EditorClient.start(dir, false)) {
            assertEquals("Heddle", editor.answer().getServerInfo().getName());
            assertEquals(
                    TextDocumentSyncKind.Incremental,
                    editor.answer()
                            .getCapabilities()
                            .getTextDocumentSync()
                            .getRight()
                            .getChange());
        }
    }

    @Test
    void shutdownAndExitEndItInOrder() throws Exception {
        try (EditorClient editor = EditorClient.start(dir, false)) {
            editor.open("file:///m.heddle", MODEL);
            get(editor.server().shutdown());
            editor.server().exit();
            assertEquals(ExitCode.DONE, ended(editor.process()));
        }
    }

    @Test
    void exitAloneIsAnError() throws Exception {
        try (EditorClient editor = EditorClient.start(dir, false)) {
            editor.server().exit();
            assertEquals(1, ended(editor.process()));
        }
    }

    @Test
    void itEndsWithAnEditorThatClosesItsEnd() throws Exception {
        try (EditorClient editor = EditorClient.start(dir, false)) {
            editor.open("file:///m.heddle", MODEL);
            editor.process().getOutputStream().close();
            editor.process().getInputStream().close();
            assertEquals(1, ended(editor.process()));
        }
    }

    @Test
    void itEndsWithTheProcessOfItsEditor() throws Exception {
        Process editor = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Waiting.class.getName())
                .start();
        Process server = EditorClient.server(dir);
        try {
            send(
                    server,
                    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"processId\":" + editor.pid()
                            + ",\"capabilities\":{}}}");
            assertTrue(server.getInputStream().read() == 'C', "no answer");
            editor.destroyForcibly().waitFor();
            assertEquals(1, ended(server));
        } finally {
            editor.destroyForcibly();
            server.destroyForcibly();
        }
    }

    /** An editor that does nothing until it is killed. */
    static final class Waiting {
        private Waiting() {}

        public static void main(String[] args) throws InterruptedException {
            Thread.sleep(TimeUnit.MINUTES.toMillis(5));
        }
    }

    @Test
    void nonsenseIsAnsweredOrEndsIt() throws Exception {
        Process server = EditorClient.server(dir);
        try {
            send(server, "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"no/such\",\"params\":{}}");
            StringBuilder printed = new StringBuilder();
            while (printed.indexOf("-32601") < 0) {
                int next = server.getInputStream().read();
                assertTrue(next >= 0, printed.toString());
                printed.append((char) next);
            }
            server.getOutputStream().close();
            assertEquals(1, ended(server));
        } finally {
            server.destroyForcibly();
        }
    }

    /** What is no JSON is answered as the protocol has it, and what comes next is served. */
    @Test
    void whatIsNoMessageIsAnswered() throws Exception {
        Process server = EditorClient.server(dir);
        try {
            send(server, "{\"jsonrpc\":", "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"no/such\",\"params\":{}}");
            StringBuilder printed = new StringBuilder();
            while (printed.indexOf("-32601") < 0) {
                int next = server.getInputStream().read();
                assertTrue(next >= 0, printed.toString());
                printed.append((char) next);
            }
            assertTrue(printed.indexOf("-32700") >= 0, printed.toString());
        } finally {
            server.destroyForcibly();
        }
    }

    @Test
    void anEditorThatTakesWordOfNewLensesIsToldAndKeepsThoseOfOtherLines() throws Exception {
        try (EditorClient editor = EditorClient.start(dir, true)) {
            String uri = "file:///m.heddle";
            editor.open(uri, MODEL);
            editor.awaitRefresh();
            CodeLensParams params = new CodeLensParams(EditorClient.document(uri));
            assertEquals(
                    2,
                    get(editor.server().getTextDocumentService().codeLens(params))
                            .getFirst()
                            .getRange()
                            .getStart()
                            .getLine());
            // Half written: there is no fusion of this text, and the lens goes where its softmax is.
            editor.replace(uri, 2, "dim N\n\nlet (\n" + MODEL.substring(6));
            editor.diagnostics(uri, 2);
            assertEquals(
                    4,
                    get(editor.server().getTextDocumentService().codeLens(params))
                            .getFirst()
                            .getRange()
                            .getStart()
                            .getLine());
            assertEquals(List.of(), editor.logged());
        }
    }
}
