/** Generated Java becomes classes: javac in memory, and a cache of what it made. */
package heddle.runtime.code;
