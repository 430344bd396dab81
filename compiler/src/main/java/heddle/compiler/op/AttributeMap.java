package heddle.compiler.op;

import java.util.LinkedHashMap;
import java.util.Map;

/** Attributes in the order in which they are printed. */
public final class AttributeMap {
    private AttributeMap() {}

    public static Map<String, Object> of(String k1, Object v1, String k2, Object v2) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put(k1, v1);
        map.put(k2, v2);
        return map;
    }

    public static Map<String, Object> of(String k1, Object v1, String k2, Object v2, String k3, Object v3) {
        Map<String, Object> map = of(k1, v1, k2, v2);
        map.put(k3, v3);
        return map;
    }
}
