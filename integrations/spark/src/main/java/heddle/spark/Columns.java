package heddle.spark;

import java.io.Serializable;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import scala.collection.mutable.ArraySeq;

/**
 * Which columns there are.
 *
 * @param input  the number of the column of texts
 * @param name   its name
 * @param vector whether a vector of Spark ML is made, else an array of floats
 * @param errors whether there is a column that says why a row has no vector
 */
record Columns(int input, String name, boolean vector, boolean errors) implements Serializable {
    String text(Row row) {
        return row.getString(input);
    }

    /** A row with what was made of its text. @param made null for a bad row @param error null for others */
    Row appended(Row row, float[] made, String error) {
        int given = row.size();
        Object[] values = new Object[given + (errors ? 2 : 1)];
        for (int i = 0; i < given; i++) {
            values[i] = row.get(i);
        }
        values[given] = made == null ? null : value(made);
        if (errors) {
            values[given + 1] = error;
        }
        return RowFactory.create(values);
    }

    private Object value(float[] made) {
        if (!vector) {
            return ArraySeq.make(made);
        }
        double[] elements = new double[made.length];
        for (int i = 0; i < made.length; i++) {
            elements[i] = made[i];
        }
        return Vectors.dense(elements);
    }
}
