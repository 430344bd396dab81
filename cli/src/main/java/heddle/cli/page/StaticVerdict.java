package heddle.cli.page;

import heddle.cli.report.Sizes;
import heddle.compiler.type.Amount;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/** What the page says before its script runs, and where none does: the verdict, the totals, and each attention. */
final class StaticVerdict {
    private final StringBuilder html = new StringBuilder();

    private StaticVerdict() {}

    static String html(Report report) {
        StaticVerdict page = new StaticVerdict();
        Map<String, Object> head = report.head();
        page.add("h1", "Heddle: " + head.get("model"));
        page.add("p", verdict(head));
        page.add("p", totals((Map<?, ?>) head.get("work"), (Map<?, ?>) head.get("unfused")));
        if (report.sections().get("attention") instanceof Map<?, ?> attention) {
            page.list("Declined", (List<?>) attention.get("declined"), true);
            page.list("Fused", (List<?>) attention.get("fused"), false);
        }
        return page.html.toString();
    }

    private static String verdict(Map<String, Object> head) {
        long total = ((Number) head.get("total")).longValue();
        if (total == 0) {
            return "This model has no softmax between two products.";
        }
        long declined = ((Number) head.get("declined")).longValue();
        return head.get("fused") + " of " + Sizes.counted(total, "attention") + " fused"
                + (declined == 0 ? "" : ", " + declined + " declined");
    }

    private static String totals(Map<?, ?> work, Map<?, ?> unfused) {
        StringBuilder text = new StringBuilder();
        text.append(work.get("kernels"))
                .append(" kernels, ")
                .append(unfused.get("kernels"))
                .append(" unfused");
        for (String what : List.of("peak", "bytes")) {
            if (work.get(what) instanceof Number fused && unfused.get(what) instanceof Number other) {
                text.append("; ")
                        .append(what.equals("peak") ? "peak " : "moved ")
                        .append(size(fused))
                        .append(", ")
                        .append(size(other))
                        .append(" unfused");
            }
        }
        return text.append('.').toString();
    }

    private static String size(Number bytes) {
        return Sizes.text(Amount.of(bytes instanceof BigInteger big ? big : BigInteger.valueOf(bytes.longValue())));
    }

    private void list(String title, List<?> attentions, boolean reasons) {
        if (attentions.isEmpty()) {
            return;
        }
        add("h2", title);
        html.append("<ul>\n");
        for (Object one : attentions) {
            Map<?, ?> a = (Map<?, ?>) one;
            String text = a.get("node") + " at " + a.get("place");
            add("li", reasons ? text + ": " + a.get("reason") + ". " + a.get("remedy") : text);
        }
        html.append("</ul>\n");
    }

    private void add(String element, String text) {
        html.append('<').append(element).append("><bdi>").append(escaped(text));
        html.append("</bdi></").append(element).append(">\n");
    }

    /** Text that is no markup, cut and with signs for what would change how the text around it reads. */
    static String escaped(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints().limit(400).forEach(c -> {
            switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> {
                    if (isHidden(c)) {
                        out.append(String.format("⟨U+%04X⟩", c));
                    } else {
                        out.appendCodePoint(c);
                    }
                }
            }
        });
        return text.codePointCount(0, text.length()) > 400 ? out.append('…').toString() : out.toString();
    }

    private static boolean isHidden(int c) {
        int type = Character.getType(c);
        return type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR
                || type == Character.SURROGATE;
    }
}
