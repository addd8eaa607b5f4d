package io.reseal.up;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class KeptServiceTest {

  private static final int ATTEMPTS = 3;

  /** A service that dies when it is told to. */
  private static final class Fake implements Service {

    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean done;

    void die() {
      ended.complete(null);
    }

    void endOnRequest() {
      done = true;
      ended.complete(null);
    }

    @Override
    public String name() {
      return "Fake";
    }

    @Override
    public String where() {
      return "here";
    }

    @Override
    public CompletableFuture<?> ended() {
      return ended;
    }

    @Override
    public boolean isDone() {
      return done;
    }

    @Override
    public void close() {
      ended.complete(null);
    }
  }

  private final BlockingQueue<Fake> started = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final CompletableFuture<Throwable> gaveUp = new CompletableFuture<>();
  private final List<Fake> all = new CopyOnWriteArrayList<>();

  private KeptService keep(Fake first, Duration stable, KeptService.Start start) {
    KeptService kept =
        new KeptService(
            first,
            start,
            new KeptService.Pace(Duration.ofMillis(1), Duration.ofMillis(2), ATTEMPTS, stable),
            new KeptService.Listener() {
              @Override
              public void line(String text) {
                lines.add(text);
              }

              @Override
              public void gaveUp(KeptService service, Throwable last) {
                gaveUp.complete(last);
              }
            });
    kept.watch();
    return kept;
  }

  private Fake start() {
    Fake fake = new Fake();
    all.add(fake);
    started.add(fake);
    return fake;
  }

  // Catches: a service that is started again only once, or not at all.
  @Test
  void oneThatDiesIsStartedAgainEachTime() throws Exception {
    Fake first = new Fake();
    try (KeptService kept = keep(first, Duration.ofMillis(1), this::start)) {
      assertThat(kept.name()).isEqualTo("Fake");
      Fake dying = first;
      for (int i = 0; i < ATTEMPTS + 2; i++) {
        dying.die();
        assertThat(lines.take()).isEqualTo("Fake ended unexpectedly and is started again.");
        dying = started.take();
        assertThat(lines.take()).isEqualTo("Fake runs again: here");
      }
    }
    assertThat(gaveUp).isNotDone();
    assertThat(all).allMatch(fake -> fake.ended().isDone());
  }

  // Catches: a service that is started again for ever although it dies at once.
  @Test
  void oneThatKeepsDyingIsGivenUp() throws Exception {
    Fake first = new Fake();
    try (KeptService kept =
        keep(
            first,
            Duration.ofMinutes(10),
            () -> {
              Fake dead = start();
              dead.die();
              return dead;
            })) {
      assertThat(kept.name()).isEqualTo("Fake");
      first.die();
      assertThat(gaveUp.get()).hasMessageContaining("Fake ended within");
    }
    assertThat(all).hasSize(ATTEMPTS);
  }

  // Catches: a start that fails and is not tried again.
  @Test
  void aStartThatFailsIsTriedAgain() throws Exception {
    Fake first = new Fake();
    int[] calls = {0};
    try (KeptService kept =
        keep(
            first,
            Duration.ofMillis(1),
            () -> {
              calls[0]++;
              if (calls[0] < ATTEMPTS) {
                throw new IOException("not yet");
              }
              return start();
            })) {
      assertThat(kept.name()).isEqualTo("Fake");
      first.die();
      assertThat(lines.take()).contains("is started again");
      assertThat(lines.take()).isEqualTo("Fake runs again: here");
    }
  }

  // Catches: a drained worker that is started again.
  @Test
  void oneThatEndedOnRequestStaysEnded() throws Exception {
    Fake first = new Fake();
    try (KeptService kept = keep(first, Duration.ofMillis(1), this::start)) {
      assertThat(kept.name()).isEqualTo("Fake");
      first.endOnRequest();
      assertThat(lines.take()).startsWith("The Fake is drained and has ended");
    }
    assertThat(all).isEmpty();
  }

  // Catches: a service that is started again while everything is being stopped.
  @Test
  void closingEndsItForGood() throws Exception {
    Fake first = new Fake();
    KeptService kept = keep(first, Duration.ofMinutes(10), this::start);
    first.die();
    Fake second = started.poll(30, TimeUnit.SECONDS);

    kept.close();

    assertThat(second.ended()).isDone();
    assertThat(all).hasSize(1);
    assertThat(gaveUp).isNotDone();
  }
}
