/** What the operators of ONNX mean, in terms of the language; one class a family. */
package heddle.runtime.onnx.operator;
