package io.reseal.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every fuzz target on every input of its corpus, found or given. */
class CorporaTest {

  private static final Path CORPORA = Path.of("src/test/resources/fuzz");

  static List<Path> inputs() throws IOException {
    try (Stream<Path> files = Files.walk(CORPORA)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  // Catches: a parser that fails on what a fuzzer has found, or that an input is no longer run.
  @ParameterizedTest
  @MethodSource("inputs")
  void anInputIsReadOrRefused(Path input) throws Exception {
    Method target =
        Class.forName("io.reseal." + input.getParent().getFileName())
            .getMethod("fuzzerTestOneInput", byte[].class);
    byte[] content = Files.readAllBytes(input);
    try {
      target.invoke(null, (Object) content);
    } catch (InvocationTargetException e) {
      throw new AssertionError(input + " is neither read nor refused", e.getCause());
    }
  }

  // Catches: a fuzz target that `make fuzz` does not know, because it has no corpus.
  @Test
  void eachTargetHasACorpus() throws IOException {
    try (Stream<Path> sources = Files.walk(Path.of("src/test/java/io/reseal"))) {
      assertThat(
              sources
                  .filter(source -> source.toString().endsWith("Fuzz.java"))
                  .map(
                      source ->
                          source.getParent().getFileName()
                              + "."
                              + source.getFileName().toString().replace(".java", "")))
          .isNotEmpty()
          .allSatisfy(name -> assertThat(CORPORA.resolve(name)).isNotEmptyDirectory());
    }
  }
}
