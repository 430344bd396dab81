/** A model as terms and definitions of the language, before it has functions, loops and a text. */
package heddle.runtime.onnx.source;
