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
 * Lends GPUs to stages, each to one stage at a time. A GPU that is marked as out of service is not
 * lent.
 */
public final class GpuPool {

  private static final Logger LOG = LoggerFactory.getLogger(GpuPool.class);

  /** Other processes free GPUs and set marks without notifying this one. */
  private static final long LOOK_AGAIN_MILLIS = 1000;

  private final Function<Gpu, GpuDirectory> directories;
  private final Map<String, Integer> leases = new HashMap<>();
  private final Set<String> leased = new HashSet<>();
  private List<Gpu> gpus = List.of();

  /**
   * Creates a pool without GPUs.
   *
   * @param directories the directory of each GPU
   */
  GpuPool(Function<Gpu, GpuDirectory> directories) {
    this.directories = directories;
  }

  /** Replaces the GPUs in the pool; a stage whose GPU is gone will fail on its own. */
  synchronized void set(List<Gpu> present) {
    gpus = List.copyOf(present);
    notifyAll();
  }

  synchronized List<Gpu> gpus() {
    return gpus;
  }

  /**
   * Lends a GPU for exclusive use, the least used of the free ones; waits while all are in use.
   *
   * @param wanted which GPUs are acceptable
   * @param waiting called now and then with what is being waited for
   * @return empty if no acceptable GPU is in service
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
   * Whether this process or another one uses the GPU. The lock file is not checked while this
   * process holds it, because closing the file a second time would release the lock.
   */
  synchronized boolean isInUse(Gpu gpu) throws IOException {
    return leased.contains(gpu.uuid()) || directories.apply(gpu).isLocked();
  }

  private synchronized void giveBack(Lease lease) {
    leased.remove(lease.gpu().uuid());
    notifyAll();
  }

  /** Exclusive use of one GPU; closing it returns the GPU, once. */
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
        LOG.warn("The lock of {} could not be released: {}", gpu, e.getMessage());
      }
      giveBack(this);
    }
  }
}
