/** The text of a model with functions and loops, and which nodes of the file each line stands for. */
package heddle.runtime.onnx.source.text;
