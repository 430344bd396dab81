/** What is alike in a list of definitions: functions from scopes, loops from equal layers, names, and what is written in place. */
package heddle.runtime.onnx.source.structure;
