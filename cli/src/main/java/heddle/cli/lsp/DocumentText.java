package heddle.cli.lsp;

import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.lsp4j.TextDocumentContentChangeEvent;

/**
 * One version of an open document.
 *
 * @param uri     as the client writes it
 * @param name    of the file, as messages name it; the address itself when it is no file
 * @param version as the client counts
 */
record DocumentText(String uri, String name, int version, String text) {
    static DocumentText of(String uri, int version, String text) {
        return new DocumentText(uri, name(uri), version, text);
    }

    /** The name of the file at an address. */
    static String name(String uri) {
        try {
            URI address = URI.create(uri);
            return "file".equals(address.getScheme()) ? Path.of(address).toString() : uri;
        } catch (IllegalArgumentException | FileSystemNotFoundException e) {
            return uri;
        }
    }

    /** The address of a file. */
    static String uri(String name) {
        return Path.of(name).toUri().toString();
    }

    /** The text after some changes, each made to what the one before left. */
    DocumentText changed(int to, List<TextDocumentContentChangeEvent> changes) {
        String now = text;
        for (TextDocumentContentChangeEvent change : changes) {
            if (change.getRange() == null) {
                now = change.getText();
            } else {
                Lines lines = new Lines(now);
                int start = lines.offset(change.getRange().getStart());
                int end = Math.max(start, lines.offset(change.getRange().getEnd()));
                now = now.substring(0, start) + change.getText() + now.substring(end);
            }
        }
        return new DocumentText(uri, name, to, now);
    }
}
