/** Chains of nodes that exporters write for one thing, made the one operator that says it. */
package heddle.runtime.onnx.idiom;
