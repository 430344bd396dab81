package heddle.tests.fuzz;

/** Which key a query may look at, in all the ways it can be said: by positions, lengths, documents or a tensor. */
final class Predicates {
    private final ModelText model;

    Predicates(ModelText model) {
        this.model = model;
    }

    /** A condition over some of the axes of the scores, in brackets. */
    String of(Choices choices, String letters) {
        String one = single(choices.in("first"), letters);
        return switch (choices.below(8, "combined")) {
            case 5 -> "(not " + one + ")";
            case 6 -> "(" + one + " and " + single(choices.in("second"), letters) + ")";
            case 7 -> "(" + one + " or " + single(choices.in("second"), letters) + ")";
            default -> one;
        };
    }

    private String single(Choices choices, String letters) {
        String i = positions('i', letters);
        String j = positions('j', letters);
        String offset = "(" + model.length('j') + " - " + model.length('i') + ")";
        int width = 1 + choices.below(4, "width");
        return switch (choices.below(19, "kind")) {
            case 0 -> "(" + j + " <= " + i + ")";
            case 1 -> "(" + j + " <= " + i + " + " + offset + ")";
            case 2 -> "(" + i + " - " + j + " >= 0)";
            case 3 -> "(" + j + " > " + i + " - " + width + ")";
            case 4 -> "(abs(" + i + " - " + j + ") <= " + width + ")";
            case 5 -> "((" + i + " - " + j + ") % " + width + " == 0)";
            case 6 -> "(" + i + " div " + width + " == " + j + " div " + width + ")";
            case 7 -> "(" + i + " % " + width + " == " + j + " % " + width + ")";
            case 8 -> "(" + j + " < " + width + ")";
            case 9 -> "(" + i + " != " + j + ")";
            case 10 -> "(" + j + " + " + i + " * " + width + " < " + model.length('j') + " * 2)";
            case 11 -> "(" + j + " < " + batched("i64", choices, letters, "lengths") + ")";
            case 12 -> documents(choices, letters);
            case 13 -> "(" + batched("i64", choices, letters, "padding") + " == 1)";
            case 14 ->
                "(" + model.broadcast("i64", letters, choices, "tensor").beside(letters) + " > " + (width - 2) + ")";
            case 15 -> "(" + i + " - " + j + " < " + model.input("i64", choices, "number") + ")";
            case 16 -> neighbourhood(i, j, width);
            case 17 -> overflowing(choices, "cast(" + i + ", i32)", "cast(" + j + ", i32)");
            default -> model.broadcast("bool", letters, choices, "flags").beside(letters);
        };
    }

    String positions(char letter, String letters) {
        return new Lettered("iota(" + model.length(letter) + ")", "" + letter).beside(letters);
    }

    /** A tensor over the axes that are neither queries nor keys, or over one more. */
    private String batched(String dtype, Choices choices, String letters, String name) {
        String axes = letters.replaceAll("[ij]", "");
        return model.broadcast(dtype, name.equals("padding") ? axes + "j" : axes, choices, name)
                .beside(letters);
    }

    private String documents(Choices choices, String letters) {
        String outer = letters.contains("b") && choices.happens(70, "documents batched") ? "b" : "";
        String queries = model.input("i64" + model.shape(outer + "i"), choices, "documents of queries");
        String keys = model.input("i64" + model.shape(outer + "j"), choices, "documents of keys");
        return "(" + new Lettered(queries, outer + "i").beside(letters) + " == "
                + new Lettered(keys, outer + "j").beside(letters) + ")";
    }

    /** Arithmetic of i32 that may pass its ends within a few positions. */
    private String overflowing(Choices choices, String i, String j) {
        model.generate();
        String far = model.input("i32", 0x1p31);
        return switch (choices.below(10, "overflow")) {
            case 1 -> "(" + j + " + 2147483645 > " + i + ")";
            case 2 -> "(" + i + " - " + j + " - 2147483646 < 0)";
            case 3 -> "(" + j + " * 1000000007 <= " + i + " * 1000000007)";
            case 4 -> "(" + j + " * 715827883 + " + i + " >= 0)";
            case 5 -> "(" + j + " + " + far + " <= " + i + " + " + far + ")";
            case 6 -> "(abs(" + j + " - " + far + ") > " + i + ")";
            case 7 -> "((" + i + " - " + far + ") % 5 <= " + j + ")";
            case 8 -> "(max(" + j + " * " + far + ", " + i + ") > 2)";
            case 9 -> "((" + far + " - " + j + ") div 7 < " + i + " - 2147483640)";
            default -> "(" + j + " + " + far + " > " + i + ")";
        };
    }

    private static String neighbourhood(String i, String j, int width) {
        String rows = "abs(" + i + " div " + width + " - " + j + " div " + width + ") <= 1";
        return "(" + rows + " and abs(" + i + " % " + width + " - " + j + " % " + width + ") <= 1)";
    }
}
