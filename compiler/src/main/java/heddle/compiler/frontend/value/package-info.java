/** What expressions denote, scopes of names, and the way from values to operations of a graph. */
package heddle.compiler.frontend.value;
