package heddle.dsl.diagnostic;

import java.util.ArrayList;
import java.util.List;

/** One line of output under construction: coloured pieces of text, placed at columns. */
final class Row {
    private final StringBuilder text = new StringBuilder();
    private final List<Ink> inks = new ArrayList<>();

    /** Writes {@code piece} from {@code column} on, over existing text. */
    Row put(int column, String piece, Ink ink) {
        while (text.length() < column + piece.length()) {
            text.append(' ');
            inks.add(Ink.PLAIN);
        }
        text.replace(column, column + piece.length(), piece);
        for (int i = column; i < column + piece.length(); i++) {
            inks.set(i, ink);
        }
        return this;
    }

    Row append(String piece, Ink ink) {
        return put(text.length(), piece, ink);
    }

    /** The row without spaces at its end. */
    String render(boolean colour) {
        String plain = text.toString().stripTrailing();
        if (!colour) {
            return plain;
        }
        StringBuilder painted = new StringBuilder();
        Ink current = Ink.PLAIN;
        for (int i = 0; i < plain.length(); i++) {
            if (inks.get(i) != current) {
                painted.append(current == Ink.PLAIN ? "" : Ink.END);
                current = inks.get(i);
                painted.append(current.start);
            }
            painted.append(plain.charAt(i));
        }
        return painted.append(current == Ink.PLAIN ? "" : Ink.END).toString();
    }
}
