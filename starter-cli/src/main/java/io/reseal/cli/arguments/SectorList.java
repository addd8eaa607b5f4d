package io.reseal.cli.arguments;

import io.reseal.problem.RefusedException;
import io.reseal.reading.SmallFile;
import io.reseal.reading.UnfitFileException;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Sectors as people name them: numbers, ranges, lines of a file; each once, in the order given. */
public final class SectorList {

  static final int MOST = 1_000_000;

  private static final Pattern RANGE = Pattern.compile("(\\d+)-(\\d+)");
  private static final Pattern WITH_MINER = Pattern.compile("(\\S+)(?:\\s+|/)(\\S+)");
  private static final Pattern FILE_NAME = Pattern.compile("s-([ft]0\\d+)-(\\d+)");

  private final Set<SectorId> sectors = new LinkedHashSet<>();
  private final Set<SectorId> doubled = new LinkedHashSet<>();

  /**
   * The sectors of a miner that the words of a command line name, each once, in the order given.
   *
   * @param spec the command, for the usage error if a word does not name a sector
   */
  public static List<SectorId> named(CommandSpec spec, long miner, List<String> words) {
    SectorList list = new SectorList();
    try {
      words.forEach(word -> list.add(miner, word));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
    return list.sectors();
  }

  /** The sectors, each once. */
  public List<SectorId> sectors() {
    return List.copyOf(sectors);
  }

  /** Those that were named more than once. */
  public List<SectorId> doubled() {
    return List.copyOf(doubled);
  }

  /** Adds {@code 123} or {@code 100-120} of a miner. */
  public void add(long miner, String text) {
    Matcher range = RANGE.matcher(text);
    if (!range.matches()) {
      add(new SectorId(miner, SectorId.parseNumber(text)));
      return;
    }
    long from = SectorId.parseNumber(range.group(1));
    long to = SectorId.parseNumber(range.group(2));
    if (from > to) {
      throw new IllegalArgumentException(
          "'%s' runs backwards: write it as %d-%d.".formatted(text, to, from));
    }
    if (to - from >= MOST) {
      throw tooMany();
    }
    for (long number = from; number <= to; number++) {
      add(new SectorId(miner, number));
    }
  }

  /**
   * Adds the lines of a file: {@code 123}, {@code 100-120}, {@code 1001 123}, {@code f01001/123},
   * {@code s-t01001-123}; what follows a {@code #} is a comment.
   *
   * @param miner the miner of lines with only a number, or null
   */
  public void addFile(Path file, Long miner) {
    int line = 0;
    for (String text : lines(file)) {
      line++;
      String entry = text.replaceFirst("#.*", "").strip();
      if (entry.isEmpty()) {
        continue;
      }
      try {
        addLine(entry, miner);
      } catch (IllegalArgumentException e) {
        throw new RefusedException("%s, line %d: %s".formatted(file, line, e.getMessage()));
      }
    }
  }

  private void addLine(String entry, Long miner) {
    Matcher fileName = FILE_NAME.matcher(entry);
    Matcher withMiner = WITH_MINER.matcher(entry);
    if (fileName.matches()) {
      add(SectorId.parseMiner(fileName.group(1)), fileName.group(2));
    } else if (withMiner.matches()) {
      add(SectorId.parseMiner(withMiner.group(1)), withMiner.group(2));
    } else if (miner != null) {
      add(miner, entry);
    } else {
      throw new IllegalArgumentException(
          "'%s' has no miner: write it as 1001 123, or give the miner on the command line."
              .formatted(entry));
    }
  }

  private void add(SectorId sector) {
    if (!sectors.add(sector)) {
      doubled.add(sector);
    } else if (sectors.size() > MOST) {
      throw tooMany();
    }
  }

  private static IllegalArgumentException tooMany() {
    return new IllegalArgumentException(
        "More than %,d sectors: give fewer at a time.".formatted(MOST));
  }

  private static List<String> lines(Path file) {
    try {
      return new ArrayList<>(SmallFile.readNamedText(file).lines().toList());
    } catch (NoSuchFileException e) {
      throw new RefusedException("There is no file %s.".formatted(file));
    } catch (CharacterCodingException e) {
      throw new RefusedException(
          "%s is not a text file: give one sector per line, e.g. 1001 123.".formatted(file));
    } catch (UnfitFileException e) {
      throw new RefusedException("%s %s.".formatted(file, e.getReason()));
    } catch (IOException e) {
      throw new RefusedException("%s cannot be read: %s.".formatted(file, e.getMessage()));
    }
  }
}
