package io.reseal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.files.LockFile;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocationLockTest {

  @TempDir private Path location;

  // Catches: a refusal that does not say which worker uses the location.
  @Test
  void theWorkerThatUsesALocationIsNamed() throws Exception {
    try (LockFile lock = LocationLock.take(location)) {
      assertThatThrownBy(() -> LocationLock.take(location))
          .isInstanceOf(LocationTakenException.class)
          .hasMessageContaining("(process %d on machine ".formatted(ProcessHandle.current().pid()))
          .hasMessageContaining("started at")
          .hasMessageContaining("copied");
      assertThat(lock).isNotNull();
    }
    LocationLock.take(location).close();
  }
}
