/** Texts end to end: models that were packed beside the models that they were made of. */
package heddle.tests.pack;
