/** From nodes of an ONNX graph to terms of the language, with the types of all values and what is known of them beforehand. */
package heddle.runtime.onnx.translate;
