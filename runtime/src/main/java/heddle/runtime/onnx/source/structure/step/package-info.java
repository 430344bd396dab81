/** Steps of a program that is being written, and the terms and names in them. */
package heddle.runtime.onnx.source.structure.step;
