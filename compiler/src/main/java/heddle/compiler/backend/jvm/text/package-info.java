/** What methods of a generated class are made of: its members, names of variables, vector types, functions and conversions as Java. */
package heddle.compiler.backend.jvm.text;
