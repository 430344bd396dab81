/** Heddle's vectors of texts as an embedding model of LangChain4j. */
package heddle.langchain4j;
