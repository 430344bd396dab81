/** The values that expressions denote, the scopes of names, and the conversion of values into graph operations. */
package heddle.compiler.frontend.value;
