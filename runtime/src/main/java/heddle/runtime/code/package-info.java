/** Compiles generated Java to classes with javac, in memory, and caches the classes. */
package heddle.runtime.code;
