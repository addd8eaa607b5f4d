package io.reseal.worker;

import io.reseal.files.LockFile;
import io.reseal.threads.LocationGuard;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The locks on this worker's locations: one whose disk is away is taken when the disk is back. */
final class LocationLocks implements LocationGuard, AutoCloseable {

  private final Map<Path, LockFile> held = new HashMap<>();

  /** Takes the lock; one from before the location's disk was away is of no use any more. */
  @Override
  public synchronized void secure(Path location) throws IOException {
    LockFile before = held.remove(location);
    if (before != null) {
      before.close();
    }
    held.put(location, LocationLock.take(location));
  }

  @Override
  public synchronized void close() throws IOException {
    for (LockFile lock : held.values()) {
      lock.close();
    }
    held.clear();
  }
}
