package io.reseal.files;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FenceTest {

  // Catches: an order by the server's clock, which may be set back between two grants.
  @Test
  void aHigherGrantSupersedesWhateverTheClockSays() {
    Fence first = new Fence(2_000, 4, 1, "a");
    Fence second = new Fence(1_000, 5, 1, "b");

    assertThat(second.supersedes(first)).isTrue();
    assertThat(first.supersedes(second)).isFalse();
  }

  @Test
  void withinAGrantTheLaterActivityAndThenTheLaterAttemptSupersedes() {
    Fence first = new Fence(1_000, 4, 2, "a");

    assertThat(new Fence(2_000, 4, 1, "a").supersedes(first)).isTrue();
    assertThat(new Fence(1_000, 4, 3, "a").supersedes(first)).isTrue();
    assertThat(first.supersedes(first)).isFalse();
    assertThat(new Fence(2_000, 0, 1, "b").supersedes(first)).isTrue();
  }

  @Test
  void itsFileNameSaysAllOfIt() {
    Fence fence = new Fence(1_000, 4, 2, "0f3c1a52-7d1e-4a55-9a50-0d6a1f0b2c3d");

    assertThat(Fence.ofFileName(fence.fileName())).contains(fence);
    assertThat(Fence.ofFileName("else")).isEmpty();
  }
}
