/** Files that describe machines which need not be there. */
package heddle.runtime.machine;
