/** Files and directories: written atomically, mapped into memory, or deleted at the end of the process. */
package heddle.runtime.file;
