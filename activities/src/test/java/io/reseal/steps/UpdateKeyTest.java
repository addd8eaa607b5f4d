package io.reseal.steps;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.core.CoreCode;
import io.reseal.core.CoreException;
import io.reseal.files.SectorFiles;
import io.reseal.sector.SectorId;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class UpdateKeyTest {

  private static final SectorFiles KEY = new SectorFiles(Path.of("/store"), new SectorId(1000, 1));

  /** Fails where a key is sealed again because the update's own files are damaged, or is kept. */
  @Test
  void keyIsToBlameForItsOwnFilesOnly() {
    assertThat(isToBlame(CoreCode.SCRATCH_LOST, KEY.sealed())).isTrue();
    assertThat(isToBlame(CoreCode.DISK_FAILING, KEY.cacheDir().resolve("p_aux"))).isTrue();
    assertThat(isToBlame(CoreCode.IO, KEY.cacheDir())).isTrue();
    assertThat(isToBlame(CoreCode.SCRATCH_LOST, Path.of("/scratch/update/s-t01000-1"))).isFalse();
    assertThat(isToBlame(CoreCode.SCRATCH_LOST, Path.of("/store/cache/s-t01000-12"))).isFalse();
    assertThat(isToBlame(CoreCode.NO_SPACE, KEY.sealed())).isFalse();
    String text = "%s is damaged.".formatted(KEY.sealed());
    assertThat(UpdateKey.isToBlame(KEY, new CoreException(CoreCode.SCRATCH_LOST, text))).isFalse();
  }

  private static boolean isToBlame(CoreCode code, Path file) {
    return UpdateKey.isToBlame(KEY, new CoreException(code, "It failed.", file.toString()));
  }
}
