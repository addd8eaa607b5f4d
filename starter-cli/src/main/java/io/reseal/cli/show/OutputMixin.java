package io.reseal.cli.show;

import com.fasterxml.jackson.databind.SequenceWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/**
 * The option {@code --output} of every command that shows something, and the renderer behind it.
 */
public class OutputMixin {

  /** How results are printed. */
  enum Format {
    table,
    json
  }

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "Output format: ${COMPLETION-CANDIDATES}; default: ${DEFAULT-VALUE}.")
  private Format format;

  public boolean isJson() {
    return format == Format.json;
  }

  /** Prints the value as JSON, or the text. */
  public void print(PrintWriter out, Object value, Supplier<String> text) {
    if (isJson()) {
      try {
        out.println(Json.MAPPER.writeValueAsString(value));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    } else {
      out.print(text.get());
    }
    out.flush();
  }

  /**
   * Prints a long list as its elements arrive: as a JSON array, or as texts.
   *
   * @param elements gives each element to the taker
   * @param text an element's text with the end of its last line
   * @return how many there were
   */
  public <T> long printEach(
      PrintWriter out, Consumer<Consumer<T>> elements, Function<? super T, String> text) {
    long[] count = new long[1];
    if (isJson()) {
      try (SequenceWriter array = Json.MAPPER.writer().writeValuesAsArray(out)) {
        elements.accept(
            element -> {
              count[0]++;
              write(array, element);
            });
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      out.println();
    } else {
      elements.accept(
          element -> {
            count[0]++;
            out.print(text.apply(element));
          });
    }
    out.flush();
    return count[0];
  }

  private static void write(SequenceWriter array, Object element) {
    try {
      array.write(element);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
