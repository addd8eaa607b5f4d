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
 * What lies on disk for one GPU, {@code <location of thread 0>/reseal/gpus/<uuid>}: the mark that
 * takes it out, the lock of whoever has it, temporary files and a home of its stages. The marks are
 * nowhere else, so a command on this host sets and removes them with or without a running worker.
 */
public final class GpuDirectory {

  private final Path directory;
  private final MarkFile<GpuMark> mark;
  private final Durable durable = new Durable();

  GpuDirectory(Path location, Gpu gpu) {
    // A driver's word: no path of anything else, whatever it says.
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

  /** Why it is taken out, if it is. */
  public Optional<GpuMark> mark() throws IOException {
    return mark.read();
  }

  public void mark(GpuMark why) throws IOException {
    mark.write(why);
  }

  /** Puts it back. */
  public void unmark() throws IOException {
    mark.remove();
  }

  /** The GPU for this process, unless another one has it. */
  public Optional<LockFile> tryLock() throws IOException {
    durable.makeDirectory(directory);
    return LockFile.tryTake(lockFile());
  }

  /** Whether some process has it, as far as another one can tell. */
  public boolean isLocked() throws IOException {
    return LockFile.isHeld(lockFile());
  }

  private Path lockFile() {
    return directory.resolve("lock");
  }

  /** For the lock files of the library, by which one GPU would else wait for another. */
  Path temporary() throws IOException {
    Path temporary = directory.resolve("tmp");
    durable.makeDirectory(temporary);
    return temporary;
  }

  /**
   * Where the library and the drivers keep kernels that they have compiled for this GPU: in the
   * user's own home they would need one, and share it.
   */
  Path home() throws IOException {
    Path home = directory.resolve("home");
    durable.makeDirectory(home);
    return home;
  }

  /**
   * What a stage was writing that ended before its time may be torn, and would fail all later ones.
   */
  void removeKernels() throws IOException {
    durable.deleteTree(directory.resolve("home"));
  }

  /** Where the known sector of the self-test is sealed; empty at the beginning. */
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
