/** Vectors of texts in indexes of Lucene: computed in batches as documents are indexed, and searched by text. */
package heddle.lucene;
