package io.reseal.exchange;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.reseal.reading.SmallFile;
import io.reseal.record.SectorRoots;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.SectorId;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The roots of many sectors' trees in a file: one JSON object a line. */
public final class RootsFile {

  /**
   * A line that was read.
   *
   * @param place its file and number, for people
   */
  public record Line(SectorRoots roots, String place) {}

  /**
   * A line that could not be read.
   *
   * @param place its file and number, for people
   * @param why what is wrong, as sentences
   */
  public record Fault(String place, String why) {}

  /** Many times what a row has; a longer line is not one. */
  private static final int MOST_BYTES = 16 << 10;

  private static final JsonMapper MAPPER = new JsonMapper();

  private RootsFile() {}

  /** A line of the file, without its end. */
  public static String line(SectorRoots roots) {
    try {
      return MAPPER.writeValueAsString(roots);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Reads a file line by line; a line that cannot be read blocks none of the others.
   *
   * @param taker takes some lines at a time, in order
   * @param atATime how many
   * @param leaver takes what is wrong with a line
   */
  public static void each(
      Path file, int atATime, Consumer<List<Line>> taker, Consumer<Fault> leaver) {
    InputFile.reading(
        file,
        "name a file that `reseal sectors export-roots` has printed",
        () -> readAll(file, atATime, taker, leaver));
  }

  /** Returns how many lines there were. */
  private static long readAll(
      Path file, int atATime, Consumer<List<Line>> taker, Consumer<Fault> leaver)
      throws IOException {
    try (InputStream in = new BufferedInputStream(SmallFile.openNamed(file), 1 << 16)) {
      List<Line> lines = new ArrayList<>();
      long number = 0;
      for (Optional<byte[]> next = next(in); next.isPresent(); next = next(in)) {
        number++;
        String place = "%s, line %,d".formatted(file, number);
        read(next.get(), place, leaver).ifPresent(roots -> lines.add(new Line(roots, place)));
        if (lines.size() == atATime) {
          taker.accept(List.copyOf(lines));
          lines.clear();
        }
      }
      taker.accept(lines);
      return number;
    }
  }

  /** The next line, or of one that is too long a little more than allowed; empty at the end. */
  private static Optional<byte[]> next(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    int next = in.read();
    if (next < 0) {
      return Optional.empty();
    }
    for (; next >= 0 && next != '\n'; next = in.read()) {
      if (line.size() <= MOST_BYTES) {
        line.write(next);
      }
    }
    return Optional.of(line.toByteArray());
  }

  private static Optional<SectorRoots> read(byte[] line, String place, Consumer<Fault> leaver) {
    if (line.length > MOST_BYTES) {
      leaver.accept(new Fault(place, "It has more than %,d bytes.".formatted(MOST_BYTES)));
      return Optional.empty();
    }
    String text = new String(line, StandardCharsets.UTF_8).replace("\ufeff", "").strip();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(roots(text));
    } catch (SectorStateException e) {
      leaver.accept(new Fault(place, e.getMessage()));
      return Optional.empty();
    }
  }

  private static SectorRoots roots(String text) {
    FieldReader fields =
        new FieldReader(JsonObjects.read(text.getBytes(StandardCharsets.UTF_8), "It"));
    Optional<Long> miner = fields.wholeNumber("sector.miner");
    Optional<Long> number = fields.wholeNumber("sector.number");
    Optional<SectorId> sector =
        miner.isEmpty() || number.isEmpty()
            ? Optional.empty()
            : fields.checked("sector", () -> new SectorId(miner.get(), number.get()));
    Optional<Commitment> commR =
        fields.required("commR").flatMap(cid -> fields.checked("commR", () -> Cid.ofSealed(cid)));
    Optional<Commitment> commC = commitment(fields, "commC");
    Optional<Commitment> commRLast = commitment(fields, "commRLast");
    Optional<Long> learnedAt = fields.wholeNumber("learnedAt");
    Optional<String> source = fields.text("source");
    if (!fields.faults().isEmpty()) {
      throw new SectorStateException(String.join(" ", fields.faults()), null);
    }
    return new SectorRoots(
        sector.orElseThrow(),
        Cid.sealed(commR.orElseThrow()),
        commC.orElseThrow(),
        commRLast.orElseThrow(),
        learnedAt.orElseThrow(),
        source.orElse(""));
  }

  private static Optional<Commitment> commitment(FieldReader fields, String path) {
    return fields.required(path).flatMap(hex -> fields.checked(path, () -> new Commitment(hex)));
  }
}
