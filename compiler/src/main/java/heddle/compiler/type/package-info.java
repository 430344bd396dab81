/** Element types, symbolic lengths and shapes. */
package heddle.compiler.type;
