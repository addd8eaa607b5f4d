package io.reseal.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A small ext4 file system in place of a directory. Its power can fail: then it has what had
 * reached the device, and nothing that only the page cache had. Mounting one needs root.
 */
public final class LossyDisk implements AutoCloseable {

  /** Nothing reaches the device early: no order of data and names, no commit every few seconds. */
  private static final String OPTIONS = "loop,data=writeback,noauto_da_alloc,commit=3000";

  private final Path directory;
  private final Path images;
  private final String size;
  private int cuts;

  private LossyDisk(Path directory, Path images, String size) {
    this.directory = directory;
    this.images = images;
    this.size = size;
  }

  public static boolean canBeMounted() {
    return Shell.isRoot();
  }

  /**
   * An empty one.
   *
   * @param directory which directory it takes the place of
   * @param images an empty directory for the device's content
   */
  public static LossyDisk mount(Path directory, Path images, String size) throws IOException {
    LossyDisk disk = new LossyDisk(directory, images, size);
    disk.format();
    return disk;
  }

  private void format() throws IOException {
    Shell.run("truncate", "-s", size, image().toString());
    Shell.run("mkfs.ext4", "-q", "-F", image().toString());
    attach();
  }

  /** Remembers what it holds. */
  public void save() throws IOException {
    close();
    Shell.run("cp", "--sparse=always", image().toString(), saved().toString());
    attach();
  }

  /** Goes back to what it held when that was saved. */
  public void restore() throws IOException {
    close();
    Files.delete(image());
    cuts = 0;
    Shell.run("cp", "--sparse=always", saved().toString(), image().toString());
    attach();
  }

  /** Loses power, and comes back as a machine that is switched on again finds it. */
  public void cut() throws IOException {
    Path before = image();
    cuts++;
    // The loop device hands its writes to this file, so a copy has what the device has got.
    Shell.run("cp", "--sparse=always", before.toString(), image().toString());
    close();
    Files.delete(before);
    attach();
  }

  private void attach() throws IOException {
    Shell.run("mount", "-o", OPTIONS, image().toString(), directory.toString());
  }

  private Path image() {
    return images.resolve("image-" + cuts);
  }

  private Path saved() {
    return images.resolve("saved");
  }

  @Override
  public void close() throws IOException {
    if (Files.exists(image())) {
      Shell.run("umount", directory.toString());
    }
  }
}
