package io.reseal.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.contract.FailureType;
import io.reseal.sector.Commitment;
import io.reseal.sector.SealProof;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Unsealed copies go into stores as everything else does. */
class UnsealedStoreTest {

  private static final SealProof PROOF = SealProof.KIB_2_V1_1;
  private static final SectorKind KIND =
      new SectorKind(PROOF, false).withUnsealed(Replica.SEALED).withoutReplicas();
  private static final byte[] OLD = {1, 2, 3};

  @TempDir Path dir;

  private Path root;
  private SectorFiles scratch;
  private byte[] fresh;

  @BeforeEach
  void data() throws IOException {
    root = dir.resolve("store");
    scratch = new SectorFiles(dir.resolve("scratch"), TestSector.ID);
    byte[] data = new byte[2048];
    new Random(7).nextBytes(data);
    Files.createDirectories(scratch.unsealed().getParent());
    Files.createDirectories(scratch.cacheDir());
    Files.write(scratch.unsealed(), data);
    UnsealedDigest.read(scratch, Replica.SEALED, PROOF, new Commitment("11".repeat(32))).record();
    byte[] trailer = UnsealedTrailer.whole(PROOF.size());
    fresh = Arrays.copyOf(data, data.length + trailer.length);
    System.arraycopy(trailer, 0, fresh, data.length, trailer.length);
  }

  /** Dies before each file operation in turn; then the next attempt does the rest. */
  // Catches: a copy without its trailer in place; an older copy that is gone, or kept twice.
  @Test
  void noCrashLosesTheOlderCopyOrLeavesHalfOfTheNewOne() throws IOException {
    boolean crashed = true;
    int n = 0;
    while (crashed) {
      n++;
      new Durable().deleteTree(root);
      Files.createDirectories(place().getParent());
      Files.write(place(), OLD);
      crashed = Crash.happens(n, durable -> persist(durable, 1));

      byte[] now = Files.exists(place()) ? Files.readAllBytes(place()) : new byte[0];
      assertThat(now).as("crash %d", n).isIn(OLD, fresh, new byte[0]);
      if (!Arrays.equals(now, OLD)) {
        assertThat(aside()).as("crash %d", n).containsExactly(OLD);
      }
      persist(new Durable(), 2);
      assertThat(place()).as("crash %d", n).hasBinaryContent(fresh);
      assertThat(aside()).as("crash %d", n).containsExactly(OLD);
    }
    assertThat(n).isGreaterThan(20);
  }

  // Catches: a copy that is written again although it is in place.
  @Test
  void whatIsInPlaceStays() throws IOException {
    Files.createDirectories(root);
    persist(new Durable(), 1);
    Object before = Files.getAttribute(place(), "unix:ino");
    persist(new Durable(), 2);

    assertThat(Files.getAttribute(place(), "unix:ino")).isEqualTo(before);
    assertThat(aside()).isEmpty();
  }

  // Catches: data that have changed since they were checked.
  @Test
  void changedDataAreNotStored() throws IOException {
    Files.createDirectories(root);
    byte[] data = Files.readAllBytes(scratch.unsealed());
    data[1000] ^= 4;
    Files.write(scratch.unsealed(), data);

    assertThatThrownBy(() -> persist(new Durable(), 1))
        .isInstanceOfSatisfying(
            DamagedFileException.class,
            e -> assertThat(e.failureType()).isEqualTo(FailureType.SCRATCH_LOST));
    assertThat(place()).doesNotExist();
  }

  // Catches: an attempt that was replaced and goes on.
  @Test
  void anAttemptThatWasReplacedStoresNothing() throws IOException {
    Files.createDirectories(root);
    persist(new Durable(), 2);
    Files.delete(place());

    assertThatThrownBy(() -> persist(new Durable(), 1)).isInstanceOf(SupersededException.class);
    assertThat(place()).doesNotExist();
  }

  private Path place() {
    return new SectorFiles(root, TestSector.ID).unsealed();
  }

  private void persist(Durable durable, int attempt) throws IOException {
    new Store("s", root, false, durable, FreeSpace.ofDisk(), Clock.systemUTC())
        .persist(
            scratch,
            KIND,
            KIND.storedTypes(),
            new Fence(1, 0, attempt, "run-1"),
            (done, total) -> assertThat(done).isLessThanOrEqualTo(total));
  }

  /** The contents of the files that were set aside, and of those that still wait for that. */
  private List<byte[]> aside() throws IOException {
    Path own = root.resolve(".reseal");
    if (!Files.exists(own)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(own)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> file.toString().contains("unsealed"))
          .filter(file -> !file.toString().contains("/new/"))
          .map(UnsealedStoreTest::read)
          .toList();
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
