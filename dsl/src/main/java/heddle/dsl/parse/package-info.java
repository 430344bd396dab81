/**
 * The parser: turns text into a syntax tree and collects all mistakes on the way.
 *
 * <p>{@link Parser} is the entry point. The lexer's tokens pass through {@code Spelling}, which replaces tokens of
 * other languages, {@code Brackets}, which matches brackets, and {@code Layout}, which decides where statements end.
 * After a mistake, {@code Recovery} continues with the next statement, and {@code Complaint} writes the message.
 */
package heddle.dsl.parse;
