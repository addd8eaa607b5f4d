package io.reseal.gpu;

import io.reseal.config.WorkerConfig;
import io.reseal.core.Gpu;
import io.reseal.files.Durable;
import io.reseal.files.LockFile;
import io.reseal.files.MarkFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The directory of one GPU, {@code <location of thread 0>/reseal/gpus/<uuid>}: the mark that takes
 * it out of service, the lock of the process that uses it, and temporary files and a home for its
 * stages. The marks exist only here, so that a command on this host can set and remove them whether
 * or not a worker is running.
 */
public final class GpuDirectory {

  private final Path directory;
  private final MarkFile<GpuMark> mark;
  private final Durable durable = new Durable();

  GpuDirectory(Path location, Gpu gpu) {
    // The name comes from the driver: it must not become a path to anything else.
    String name = gpu.uuid().replaceAll("[^A-Za-z0-9-]", "_");
    this.directory = location.resolve("reseal").resolve("gpus").resolve(name);
    this.mark =
        new MarkFile<>(
            directory.resolve("faulted"),
            GpuMark.class,
            (at, what) -> new GpuMark("somebody", at, what));
  }

  public static GpuDirectory of(WorkerConfig config, Gpu gpu) {
    return new GpuDirectory(config.threads().get(0).location(), gpu);
  }

  /** Why the GPU is out of service, if it is. */
  public Optional<GpuMark> mark() throws IOException {
    return mark.read();
  }

  public void mark(GpuMark why) throws IOException {
    mark.write(why);
  }

  /** Puts the GPU back into service. */
  public void unmark() throws IOException {
    mark.remove();
  }

  /** Takes the GPU for this process, unless another process has it. */
  public Optional<LockFile> tryLock() throws IOException {
    durable.makeDirectory(directory);
    return LockFile.tryTake(lockFile());
  }

  /** Whether another process has the GPU locked. */
  public boolean isLocked() throws IOException {
    return LockFile.isHeld(lockFile());
  }

  private Path lockFile() {
    return directory.resolve("lock");
  }

  /** For the library's lock files; if GPUs shared them, one would wait for another. */
  Path temporary() throws IOException {
    Path temporary = directory.resolve("tmp");
    durable.makeDirectory(temporary);
    return temporary;
  }

  /**
   * Where the library and the drivers keep kernels compiled for this GPU. Otherwise they would use
   * the user's home directory, which may not exist, and share it between GPUs.
   */
  Path home() throws IOException {
    Path home = directory.resolve("home");
    durable.makeDirectory(home);
    return home;
  }

  /**
   * Removes the compiled kernels: a stage that was killed may have left a torn file, on which all
   * later stages would fail.
   */
  void removeKernels() throws IOException {
    durable.deleteTree(directory.resolve("home"));
  }

  /** An empty directory in which the self-test seals its known sector. */
  Path test() throws IOException {
    Path test = directory.resolve("test");
    removeTest();
    durable.makeDirectory(test);
    return test;
  }

  void removeTest() throws IOException {
    durable.deleteTree(directory.resolve("test"));
  }
}
