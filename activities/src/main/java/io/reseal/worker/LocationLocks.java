package io.reseal.worker;

import io.reseal.files.LockFile;
import io.reseal.threads.LocationGuard;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The locks on this worker's locations: one whose disk is away is taken when the disk is back. */
final class LocationLocks implements LocationGuard, AutoCloseable {

  private final Map<Path, LockFile> held = new ConcurrentHashMap<>();

  /** Takes the lock; one from before the location's disk was away is of no use any more. */
  @Override
  public void secure(Path location) throws IOException {
    LockFile before = held.remove(location);
    if (before != null) {
      before.close();
    }
    held.put(location, LocationLock.take(location));
  }

  @Override
  public void close() throws IOException {
    for (LockFile lock : held.values()) {
      lock.close();
    }
    held.clear();
  }
}
