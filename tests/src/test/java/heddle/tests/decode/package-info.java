/** Tests of graphs that read a text token by token. */
package heddle.tests.decode;
