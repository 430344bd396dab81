/** What the code writers of all targets share: Java text, names, scalar programs as Java expressions. */
package heddle.compiler.backend.source;
