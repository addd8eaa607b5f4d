package io.reseal.bench;

import io.reseal.files.Replica;
import io.reseal.files.SectorFiles;
import io.reseal.record.SectorRecord;
import io.reseal.sector.SealProof;
import io.reseal.standin.Directories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What a rebuild of a sector costs that has lost some of its files, next to one that makes all of
 * them. The catalog knows the sector's comm_c, as it does of any sector that was checked once.
 */
public final class RepairCosts {

  /**
   * A line of its table, as text.
   *
   * @param lost which files were lost
   * @param runs how often
   * @param median from the command to the end
   * @param least the least
   * @param most the most
   * @param ratio of the median to that of a full rebuild
   * @param at32GiB what the median grows to with a sector of 32 GiB on the same cores
   * @param target the goal, or empty
   */
  public record Line(
      String lost,
      int runs,
      String median,
      String least,
      String most,
      String ratio,
      String at32GiB,
      String target) {}

  /**
   * Some files that can be lost.
   *
   * @param name for people
   * @param files the files and directories
   * @param target the goal, or empty
   * @param hasLastLayer whether the last layer is in the sector's directory, which was not cleared
   */
  private record Loss(
      String name, Function<SectorFiles, Stream<Path>> files, String target, boolean hasLastLayer) {

    static Loss of(String name, Function<SectorFiles, Stream<Path>> files) {
      return new Loss(name, files, "", false);
    }

    void happen(SectorFiles stored) throws IOException {
      for (Path path : files.apply(stored).toList()) {
        if (Files.isDirectory(path)) {
          Directories.remove(path);
        } else {
          Files.delete(path);
        }
      }
    }
  }

  private static final List<Loss> OF_SEALED =
      List.of(
          new Loss("t_aux", files -> Stream.of(files.tAux(Replica.SEALED)), "< 2 s", false),
          new Loss("p_aux", files -> Stream.of(files.pAux()), "< 2 s", false),
          Loss.of("tree R", files -> tree(files)),
          Loss.of("tree R, p_aux, t_aux", files -> Stream.of(files.cacheDir())),
          Loss.of("sealed file", files -> Stream.of(files.sealed())),
          new Loss(
              "sealed file, but not its last layer", files -> Stream.of(files.sealed()), "", true),
          Loss.of("all", files -> Stream.of(files.sealed(), files.cacheDir())));

  private static final List<Loss> OF_SNAPPED =
      List.of(
          Loss.of(
              "snapped: update's tree R, p_aux, t_aux", files -> Stream.of(files.updateCacheDir())),
          Loss.of(
              "snapped: update, its tree R, p_aux, t_aux",
              files -> Stream.of(files.update(), files.updateCacheDir())),
          Loss.of("snapped: key's sealed file", files -> Stream.of(files.sealed())),
          Loss.of(
              "snapped: key, its tree R, p_aux, t_aux",
              files -> Stream.of(files.sealed(), files.cacheDir())),
          Loss.of(
              "snapped: all",
              files ->
                  Stream.of(
                      files.sealed(), files.cacheDir(), files.update(), files.updateCacheDir())));

  private static Stream<Path> tree(SectorFiles files) {
    return Stream.of(files.cacheDir().resolve("sc-02-data-tree-r-last.dat"));
  }

  /** Milliseconds. */
  private static final long LONG = 20_000;

  private final Subject subject;

  RepairCosts(Subject subject) {
    this.subject = subject;
  }

  List<Line> lines(SealProof proof, int runs) throws IOException {
    SectorRecord sector = subject.store(proof, subject.piece(proof));
    List<Line> lines = new ArrayList<>(lines(sector, "all is made: --force", OF_SEALED, runs));
    SectorRecord snapped = subject.snap(sector, subject.piece(proof));
    lines.addAll(lines(snapped, "snapped, all is made: --force", OF_SNAPPED, runs));
    return lines;
  }

  private List<Line> lines(SectorRecord sector, String all, List<Loss> losses, int runs)
      throws IOException {
    long size = sector.proof().size().bytes();
    RebuildTimes full = subject.rebuild(sector.id(), "--force");
    double whole = full.millis();
    List<Line> lines = new ArrayList<>();
    lines.add(line(Loss.of(all, files -> Stream.of()), List.of(full), whole, size));
    for (Loss loss : losses) {
      List<RebuildTimes> times = new ArrayList<>();
      // What takes long is measured once.
      for (int run = 1; run <= runs && (run == 1 || times.get(0).millis() < LONG); run++) {
        times.add(after(loss, sector));
        subject.say(
            "%s, run %d: %d ms".formatted(loss.name, run, times.get(times.size() - 1).millis()));
      }
      lines.add(line(loss, times, whole, size));
    }
    return lines;
  }

  private RebuildTimes after(Loss loss, SectorRecord sector) throws IOException {
    SectorFiles files = subject.files(sector.id());
    loss.happen(files);
    if (!loss.hasLastLayer) {
      return subject.rebuild(sector.id());
    }
    Path layer = files.lastLayer(sector.proof());
    Files.createLink(layer, subject.lastLayer(sector.id()));
    RebuildTimes times = subject.rebuild(sector.id());
    Files.delete(layer);
    return times;
  }

  private static Line line(Loss loss, List<RebuildTimes> times, double whole, long size) {
    Figures millis = Figures.of(times.stream().map(RebuildTimes::millis).toList());
    Figures projected =
        Figures.of(
            times.stream()
                .map(rebuild -> rebuild.millisAt32GiB(size, loss.hasLastLayer()))
                .toList());
    return new Line(
        loss.name,
        millis.runs(),
        seconds(millis.median()),
        seconds(millis.least()),
        seconds(millis.most()),
        text("%.3f", millis.median() / whole),
        duration(projected.median()),
        loss.target);
  }

  private static String seconds(double millis) {
    return text("%.2f s", millis / 1000);
  }

  /** E.g. {@code 4.1 h}, {@code 12 min}, {@code 2 s}. */
  static String duration(double millis) {
    double minutes = millis / 60_000;
    if (minutes < 1) {
      return text("%.0f s", millis / 1000);
    }
    return minutes < 90 ? text("%.0f min", minutes) : text("%.1f h", minutes / 60);
  }

  private static String text(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
