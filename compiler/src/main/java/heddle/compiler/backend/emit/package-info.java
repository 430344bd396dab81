/** Code that all code writers share: Java text, names, scalar programs as Java expressions. */
package heddle.compiler.backend.emit;
