/** A model as source that a person can read: what an ONNX file means, as terms and statements of the language. */
package heddle.runtime.onnx.source;
