/** Shows what a model attends to: the probabilities of each head, and the path of a token's vector. */
package heddle.runtime.attend;
