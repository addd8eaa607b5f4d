package io.reseal.gpu;

import io.reseal.core.Gpu;
import io.reseal.files.LockFile;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which stage has which GPU: one at a time has each, whatever it does there. One that is marked is
 * given to nobody.
 */
public final class GpuPool {

  private static final Logger LOG = LoggerFactory.getLogger(GpuPool.class);

  /** A GPU that another process has comes free unseen, and so do marks come and go. */
  private static final long LOOK_AGAIN_MILLIS = 1000;

  private final Function<Gpu, GpuDirectory> directories;
  private final Map<String, Integer> leases = new HashMap<>();
  private final Set<String> leased = new HashSet<>();
  private List<Gpu> gpus = List.of();

  /**
   * Has no GPUs yet.
   *
   * @param directories what lies on disk for each
   */
  GpuPool(Function<Gpu, GpuDirectory> directories) {
    this.directories = directories;
  }

  /** These there are from now on; who has one that is gone finds out by itself. */
  synchronized void set(List<Gpu> present) {
    gpus = List.copyOf(present);
    notifyAll();
  }

  synchronized List<Gpu> gpus() {
    return gpus;
  }

  /**
   * A GPU to have alone until it is given back, the least used of those that are free; waits while
   * others have all of them.
   *
   * @param wanted those that do
   * @param waiting told what is waited for, now and again
   * @return nothing where there is none to wait for
   */
  synchronized Optional<Lease> take(Predicate<Gpu> wanted, Consumer<String> waiting)
      throws IOException, InterruptedException {
    while (true) {
      List<Gpu> usable = usable(wanted);
      if (usable.isEmpty()) {
        return Optional.empty();
      }
      for (Gpu gpu : usable) {
        Optional<LockFile> lock =
            leased.contains(gpu.uuid()) ? Optional.empty() : directories.apply(gpu).tryLock();
        if (lock.isPresent()) {
          leased.add(gpu.uuid());
          leases.merge(gpu.uuid(), 1, Integer::sum);
          return Optional.of(new Lease(gpu, lock.get()));
        }
      }
      waiting.accept(
          "waits for "
              + usable.stream().map(Gpu::toString).sorted().collect(Collectors.joining(" or ")));
      wait(LOOK_AGAIN_MILLIS);
    }
  }

  private List<Gpu> usable(Predicate<Gpu> wanted) throws IOException {
    Set<String> marked = new HashSet<>();
    for (Gpu gpu : gpus) {
      if (directories.apply(gpu).mark().isPresent()) {
        marked.add(gpu.uuid());
      }
    }
    return gpus.stream()
        .filter(wanted)
        .filter(gpu -> !marked.contains(gpu.uuid()))
        .sorted(
            Comparator.comparing((Gpu gpu) -> leases.getOrDefault(gpu.uuid(), 0))
                .thenComparing(Gpu::index))
        .toList();
  }

  /**
   * Whether a stage of this process or anything in another one has it. The lock is not looked at
   * while it is this process's: closing the file a second time would let go of it.
   */
  synchronized boolean isInUse(Gpu gpu) throws IOException {
    return leased.contains(gpu.uuid()) || directories.apply(gpu).isLocked();
  }

  private synchronized void giveBack(Lease lease) {
    leased.remove(lease.gpu().uuid());
    notifyAll();
  }

  /** One GPU, had alone; given back once. */
  final class Lease implements AutoCloseable {

    private final Gpu gpu;
    private final LockFile lock;

    private Lease(Gpu gpu, LockFile lock) {
      this.gpu = gpu;
      this.lock = lock;
    }

    Gpu gpu() {
      return gpu;
    }

    GpuDirectory directory() {
      return directories.apply(gpu);
    }

    @Override
    public void close() {
      try {
        lock.close();
      } catch (IOException e) {
        LOG.warn("The lock of {} could not be let go of: {}", gpu, e.getMessage());
      }
      giveBack(this);
    }
  }
}
