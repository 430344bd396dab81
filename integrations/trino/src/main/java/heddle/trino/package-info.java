/** Heddle as a plug-in of Trino: a catalog with functions that make vectors of texts. */
package heddle.trino;
