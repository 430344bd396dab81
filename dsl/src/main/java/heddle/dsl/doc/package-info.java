/** A pretty printer: documents that know where their lines may break, and the printer that breaks them. */
package heddle.dsl.doc;
