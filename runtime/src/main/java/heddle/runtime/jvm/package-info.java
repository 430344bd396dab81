/** Runs plans on the JVM's vector units: memory, worker threads and generated classes. */
package heddle.runtime.jvm;
