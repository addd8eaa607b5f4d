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
 * <p>What is exchanged is a whole file or directory of a type; or single files in a directory that
 * stays in place, whose new ones are in {@code files} and whose replaced ones are in {@code old}
 * too. A worker of an older version does not know {@code files}: it keeps what was replaced and
 * leaves the new ones out, so that they are missing as before.
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

  /** Makes the directory that new versions of single files of that type are copied to. */
  Path makeFreshFiles(FileType type) throws IOException {
    durable.makeNewDirectory(freshFiles(type).getParent());
    durable.makeNewDirectory(freshFiles(type));
    return freshFiles(type);
  }

  private Path freshFiles(FileType type) {
    return dir.resolve("files").resolve(type.folder());
  }

  private Path place(FileType type) {
    return target.at(type);
  }

  /**
   * Puts the complete new files in place, setting aside what is there. If a rename fails, those
   * before it are undone.
   */
  void carryOut() throws IOException {
    List<Swap> swaps = swaps();
    for (Swap swap : swaps) {
      durable.makeDirectory(swap.place().getParent());
    }
    durable.create(dir.resolve(COMPLETE));
    List<Swap> begun = new ArrayList<>();
    try {
      for (Swap swap : swaps) {
        begun.add(0, swap);
        bringIn(swap);
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
      for (Swap swap : mine.swaps()) {
        mine.bringIn(swap);
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

  /**
   * A file or directory to bring in.
   *
   * @param type the type that it is, or is a file of
   * @param fresh the new one
   * @param place where it belongs
   * @param replaced where the older one goes
   */
  private record Swap(FileType type, Path fresh, Path place, Path replaced) {}

  /** What is still to be brought in. */
  private List<Swap> swaps() throws IOException {
    List<Swap> swaps = new ArrayList<>();
    for (FileType type : types(this::fresh)) {
      swaps.add(new Swap(type, fresh(type), place(type), replaced(type)));
    }
    for (FileType type : types(this::freshFiles)) {
      for (Path fresh : OwnDirectory.list(freshFiles(type))) {
        Path name = fresh.getFileName();
        swaps.add(new Swap(type, fresh, place(type).resolve(name), replaced(type).resolve(name)));
      }
    }
    return swaps;
  }

  private void bringIn(Swap swap) throws IOException {
    Path place = swap.place();
    Path fresh = swap.fresh();
    if (SectorFiles.exists(place) && NoReplace.isSame(place, fresh)) {
      // Killed while a file system without such a rename gave the file its second name.
      durable.delete(fresh);
      return;
    }
    if (SectorFiles.exists(place)) {
      Path replaced = swap.replaced();
      if (SectorFiles.exists(replaced) && !NoReplace.isSame(place, replaced)) {
        keep(swap.type());
      }
      if (!SectorFiles.exists(replaced.getParent())) {
        // Not with its parents: the exchange's directory is gone if someone took it over.
        durable.makeNewDirectory(replaced.getParent());
      }
      durable.rename(place, replaced);
    }
    durable.makeDirectory(place.getParent());
    durable.rename(fresh, place);
  }

  /** Puts back what was in place; what cannot be put back stays for whoever settles this. */
  private void undo(List<Swap> begun, IOException failure) {
    try {
      for (Swap swap : begun) {
        if (!SectorFiles.exists(swap.fresh()) && SectorFiles.exists(swap.place())) {
          durable.rename(swap.place(), swap.fresh());
        }
        if (SectorFiles.exists(swap.replaced())) {
          durable.rename(swap.replaced(), swap.place());
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
