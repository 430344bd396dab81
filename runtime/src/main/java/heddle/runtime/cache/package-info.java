/** The cache directory. */
package heddle.runtime.cache;
