/** Text as tensors: tokenizers and batches of tokens. */
package heddle.runtime.text;
