package io.reseal.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One attempt to replace a sector's files in a store, as a directory {@code
 * incoming/s-…/<run>-<attempt>-<random>} with the new files in {@code new}, the replaced ones in
 * {@code old}, and an empty file {@code complete}, made once all new files are. What is left to do
 * follows from what is in it, so any worker that has the store can do it.
 *
 * <p>The directory is also the right to act. Each rename of the exchange has one end in it, so
 * whoever takes the exchange over by renaming the directory stops the attempt before, at whatever
 * operation that one is. Nothing but {@link #open} creates the directory.
 */
final class Exchange {

  private static final String COMPLETE = "complete";
  private static final Pattern NAME = Pattern.compile("((.+)-\\d+)-[0-9a-f]{8}");

  private final OwnDirectory own;
  private final Durable durable;
  private final SectorFiles target;
  private final Path dir;

  private Exchange(OwnDirectory own, SectorFiles target, Path dir) {
    this.own = own;
    this.durable = own.durable();
    this.target = target;
    this.dir = dir;
  }

  /** Starts an attempt's exchange. */
  static Exchange open(OwnDirectory own, SectorFiles target, Fence fence) throws IOException {
    Path incoming = own.incoming(target.sector());
    own.durable().makeDirectory(incoming);
    String name = "%s-%d-%s".formatted(fence.runId(), fence.attempt(), random());
    Exchange exchange = new Exchange(own, target, incoming.resolve(name));
    own.durable().makeNewDirectory(exchange.dir);
    own.durable().makeNewDirectory(exchange.dir.resolve("new"));
    own.durable().makeNewDirectory(exchange.dir.resolve("old"));
    return exchange;
  }

  /** All exchanges of a sector in a store, whoever began them. */
  static List<Exchange> of(OwnDirectory own, SectorFiles target) throws IOException {
    return OwnDirectory.list(own.incoming(target.sector())).stream()
        .map(dir -> new Exchange(own, target, dir))
        .toList();
  }

  Path dir() {
    return dir;
  }

  /** Whether all its new files are complete, so that it is to be carried out. */
  boolean isComplete() {
    return Files.exists(dir.resolve(COMPLETE));
  }

  /** Where the new file or directory of that type is copied to. */
  Path fresh(FileType type) {
    return dir.resolve("new").resolve(type.folder());
  }

  private Path replaced(FileType type) {
    return dir.resolve("old").resolve(type.folder());
  }

  private Path place(FileType type) {
    return target.at(type);
  }

  /**
   * Puts the complete new files in place, setting aside what is there. If a rename fails, those
   * before it are undone.
   */
  void carryOut() throws IOException {
    List<FileType> types = types(this::fresh);
    for (FileType type : types) {
      durable.makeDirectory(place(type).getParent());
    }
    durable.create(dir.resolve(COMPLETE));
    List<FileType> begun = new ArrayList<>();
    try {
      for (FileType type : types) {
        begun.add(0, type);
        bringIn(type);
      }
    } catch (IOException e) {
      undo(begun, e);
      throw e;
    }
    close();
  }

  /**
   * Takes over an exchange that was interrupted: one whose new files are complete is carried out,
   * any other is removed. The attempt that began it can do nothing more.
   */
  void settle() throws IOException {
    Matcher name = NAME.matcher(dir.getFileName().toString());
    String base = name.matches() ? name.group(1) : dir.getFileName().toString();
    Exchange mine = new Exchange(own, target, dir.resolveSibling(base + "-" + random()));
    durable.rename(dir, mine.dir);
    if (mine.isComplete()) {
      for (FileType type : types(mine::fresh)) {
        mine.bringIn(type);
      }
      mine.close();
    } else {
      durable.deleteTree(mine.dir);
    }
  }

  /** Removes an exchange that has changed nothing. */
  void discard() throws IOException {
    if (!isComplete()) {
      durable.deleteTree(dir);
    }
  }

  private void bringIn(FileType type) throws IOException {
    Path place = place(type);
    Path fresh = fresh(type);
    if (SectorFiles.exists(place) && NoReplace.isSame(place, fresh)) {
      // Killed while a file system without such a rename gave the file its second name.
      durable.delete(fresh);
      return;
    }
    if (SectorFiles.exists(place)) {
      Path replaced = replaced(type);
      if (SectorFiles.exists(replaced) && !NoReplace.isSame(place, replaced)) {
        keep(type);
      }
      durable.rename(place, replaced);
    }
    durable.makeDirectory(place.getParent());
    durable.rename(fresh, place);
  }

  /** Puts back what was in place; what cannot be put back stays for whoever settles this. */
  private void undo(List<FileType> begun, IOException failure) {
    try {
      for (FileType type : begun) {
        if (!SectorFiles.exists(fresh(type)) && SectorFiles.exists(place(type))) {
          durable.rename(place(type), fresh(type));
        }
        if (SectorFiles.exists(replaced(type))) {
          durable.rename(replaced(type), place(type));
        }
      }
      durable.delete(dir.resolve(COMPLETE));
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /** Keeps the replaced files and removes the directory. */
  private void close() throws IOException {
    for (FileType type : types(this::replaced)) {
      keep(type);
    }
    durable.deleteTree(dir);
  }

  private void keep(FileType type) throws IOException {
    Path kept = own.newKept(target.sector(), type, run());
    durable.makeDirectory(kept.getParent());
    durable.rename(replaced(type), kept);
  }

  /** The run that began it, part of the name under which older files are kept. */
  private String run() {
    Matcher name = NAME.matcher(dir.getFileName().toString());
    return name.matches() ? name.group(2) : dir.getFileName().toString();
  }

  private static List<FileType> types(Function<FileType, Path> at) {
    return Stream.of(FileType.values()).filter(type -> SectorFiles.exists(at.apply(type))).toList();
  }

  private static String random() {
    return UUID.randomUUID().toString().substring(0, 8);
  }
}
