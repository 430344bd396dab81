package heddle.tests.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.cli.page.ReportPage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Text has a contrast of 4.5 to 1, marks have 3 to 1 (WCAG 2.2, 1.4.3 and 1.4.11), in both themes. */
class PageColoursTest {
    private static final Pattern TOKEN = Pattern.compile("--([a-z0-9-]+):\\s*(#[0-9a-f]{6})");
    private static final List<String> GROUNDS = List.of("surface", "canvas", "raised");
    private static final List<String> FAMILIES =
            List.of("attention", "matmul", "elementwise", "reduction", "layout", "data");

    @Test
    void textCanBeRead() {
        List<String> low = new ArrayList<>();
        for (Map<String, String> theme : themes()) {
            for (String ground : GROUNDS) {
                for (String text : List.of("ink", "ink2", "ink3", "accent", "good", "warn", "bad")) {
                    require(theme, text, ground, 4.5, low);
                }
            }
            for (String text : List.of("accent", "good", "warn", "bad")) {
                require(theme, text, text + "-ground", 4.5, low);
            }
            for (String sign : List.of("added", "removed", "rewritten")) {
                require(theme, sign, "surface", 4.5, low);
                require(theme, sign, "canvas", 4.5, low);
            }
            require(theme, "edge", "canvas", 3, low);
            for (String family : FAMILIES) {
                require(theme, "glyph", family, 4.5, low);
                require(theme, family, family + "-tint", 4.5, low);
                require(theme, "ink", family + "-tint", 4.5, low);
            }
            int change = Integer.parseInt(theme.get("heat-switch"));
            for (int step = 1; step <= 6; step++) {
                require(theme, step < change ? "heat-ink-low" : "heat-ink-high", "heat" + step, 4.5, low);
            }
        }
        assertEquals(List.of(), low);
    }

    private static void require(Map<String, String> theme, String text, String ground, double least, List<String> low) {
        double contrast = contrast(theme.get(text), theme.get(ground));
        if (contrast < least) {
            low.add("%s on %s: %.2f".formatted(text, ground, contrast));
        }
    }

    /** The tokens of the light theme, and of the dark one. */
    private static List<Map<String, String>> themes() {
        String css = ReportPage.style();
        int dark = css.indexOf(":root[data-theme=\"dark\"]");
        List<Map<String, String>> themes =
                List.of(tokens(css.substring(0, dark)), tokens(css.substring(dark, css.indexOf('}', dark))));
        assertTrue(themes.stream().allMatch(t -> t.size() > 35), "tokens");
        return themes;
    }

    private static Map<String, String> tokens(String css) {
        Map<String, String> tokens = new HashMap<>();
        Matcher m = TOKEN.matcher(css);
        while (m.find()) {
            tokens.put(m.group(1), m.group(2));
        }
        Matcher change = Pattern.compile("--heat-switch:\\s*(\\d)").matcher(css);
        assertTrue(change.find());
        tokens.put("heat-switch", change.group(1));
        return tokens;
    }

    private static double contrast(String a, String b) {
        double light = Math.max(luminance(a), luminance(b));
        double dark = Math.min(luminance(a), luminance(b));
        return (light + 0.05) / (dark + 0.05);
    }

    private static double luminance(String colour) {
        double[] weights = {0.2126, 0.7152, 0.0722};
        double sum = 0;
        for (int n = 0; n < 3; n++) {
            double c = Integer.parseInt(colour.substring(1 + 2 * n, 3 + 2 * n), 16) / 255.0;
            sum += weights[n] * (c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4));
        }
        return sum;
    }
}
