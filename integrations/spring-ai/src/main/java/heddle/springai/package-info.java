/** Heddle as an {@code EmbeddingModel} of Spring AI, and its auto-configuration for Spring Boot. */
package heddle.springai;
