package io.reseal.pieces;

import dev.failsafe.RateLimiter;
import io.reseal.files.OsError;
import io.reseal.sector.Piece;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Downloads one piece into the cache from the first source that has it. Each attempt continues
 * where the last one ended, whichever source that was; the result is accepted only if its CID is
 * the piece's.
 */
final class PieceFetch implements Callable<List<Answer>> {

  private static final Logger LOG = LoggerFactory.getLogger(PieceFetch.class);

  private static final int CHUNK = 64 << 10;
  private static final int KIB = 1 << 10;
  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);

  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  /** If a source asks for a longer wait than this, the next source is tried instead. */
  private static final Duration LONGEST_ASKED_FOR = Duration.ofMinutes(10);

  /** What all downloads of a host share. */
  record Means(
      List<RemoteSource> sources,
      PieceCache cache,
      PieceVerifier verifier,
      Optional<RateLimiter<Object>> rate,
      StallWatch stalls,
      int retries,
      Pause pause) {}

  private final Means means;
  private final Piece piece;
  private volatile long expected;
  private volatile boolean stopped;
  private Runnable abort = () -> {};
  private final CountDownLatch ended = new CountDownLatch(1);
  private boolean begun;
  private int fruitless;
  private long furthest;

  PieceFetch(Means means, Piece piece) {
    this.means = means;
    this.piece = piece;
    this.expected = piece.unpaddedSize();
  }

  /** Bytes of the piece on this host. */
  long bytes() {
    return means.cache().bytesOf(piece);
  }

  /** Total bytes, as far as known. */
  long expected() {
    return means.cache().has(piece) ? bytes() : Math.max(expected, bytes());
  }

  /**
   * Downloads the piece, unless it is here by now.
   *
   * @return what each source answered, if none sent it
   */
  @Override
  public List<Answer> call() throws IOException, InterruptedException {
    begin();
    try {
      return means.cache().whileHolding(piece, this::bring);
    } finally {
      ended.countDown();
    }
  }

  private List<Answer> bring() throws IOException, InterruptedException {
    if (means.cache().has(piece)) {
      return List.of();
    }
    means.cache().reserve(piece);
    List<Answer> answers = new ArrayList<>();
    for (RemoteSource source : means.sources()) {
      Optional<Answer> failure = from(source);
      if (failure.isEmpty()) {
        return List.of();
      }
      answers.add(failure.get());
    }
    return answers;
  }

  private synchronized void begin() throws InterruptedException {
    throwIfStopped();
    begun = true;
  }

  /** Stops it, from another thread; what has arrived stays. */
  synchronized void stop() {
    stopped = true;
    abort.run();
  }

  /** Waits until a stopped download has released the piece. */
  void awaitEnd() throws InterruptedException {
    if (hasBegun()) {
      ended.await();
    }
  }

  private synchronized boolean hasBegun() {
    return begun;
  }

  private Optional<Answer> from(RemoteSource source) throws IOException, InterruptedException {
    fruitless = 0;
    furthest = Files.size(partial());
    while (true) {
      try {
        attempt(source);
        return Optional.empty();
      } catch (IOException e) {
        throwIfStopped();
        if (!(e instanceof SourceException failure)) {
          throw e;
        }
        Duration wait = failure.retryAfter().orElseGet(this::backoff);
        if (!isWorthAnotherTry(failure) || wait.compareTo(LONGEST_ASKED_FOR) > 0) {
          LOG.info("{}: {} {}", PieceNames.of(piece), source.name(), failure.getMessage());
          return Optional.of(failure.answer(source.name()));
        }
        means.pause().last(wait);
      }
    }
  }

  private boolean isWorthAnotherTry(SourceException failure) {
    return failure.isPassing() && fruitless <= means.retries();
  }

  /** Doubles with each attempt that made no progress. */
  private Duration backoff() {
    Duration wait = FIRST_WAIT;
    for (int attempt = 1; attempt < fruitless && wait.compareTo(LONGEST_WAIT) < 0; attempt++) {
      wait = wait.multipliedBy(2);
    }
    return wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
  }

  private void attempt(RemoteSource source) throws IOException, InterruptedException {
    fruitless++;
    long before = Files.size(partial());
    boolean isContinued = receive(source, before);
    if (!isThePiece()) {
      Files.write(partial(), new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
      // The part from earlier attempts may be the wrong one.
      throw isContinued
          ? SourceException.unreachable(
              "continued an earlier download, and the result has another CID", null)
          : SourceException.unfit("sent data of another CID");
    }
    means.cache().keep(piece);
  }

  /** Whether it continued an earlier attempt. */
  private boolean receive(RemoteSource source, long before)
      throws IOException, InterruptedException {
    try (Transfer transfer = source.open(piece, before)) {
      onStop(transfer.abort());
      if (transfer.total().isPresent()) {
        Optional<String> fault = PieceForms.fault(piece, transfer.total().getAsLong());
        if (fault.isPresent()) {
          throw SourceException.unfit(fault.get());
        }
        expected = transfer.total().getAsLong();
      }
      try (FileChannel file = FileChannel.open(partial(), StandardOpenOption.WRITE)) {
        file.truncate(transfer.start());
      }
      try (OutputStream out = Files.newOutputStream(partial(), StandardOpenOption.APPEND)) {
        copy(transfer, out);
      }
      return transfer.start() > 0;
    } finally {
      onStop(() -> {});
    }
  }

  private void copy(Transfer transfer, OutputStream out) throws IOException, InterruptedException {
    byte[] chunk = new byte[CHUNK];
    long length = transfer.start();
    try (StallWatch.Guard guard = means.stalls().guard(transfer.abort())) {
      for (int count = read(guard, transfer.body(), chunk);
          count >= 0;
          count = read(guard, transfer.body(), chunk)) {
        length += count;
        if (length > piece.size()) {
          Files.write(partial(), new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
          throw SourceException.unfit(
              "sends more than the %d bytes that the piece can have".formatted(piece.size()));
        }
        write(out, chunk, count);
        if (length > furthest) {
          furthest = length;
          fruitless = 0;
        }
        if (means.rate().isPresent()) {
          means.pause().last(means.rate().get().reservePermits((count + KIB - 1) / KIB));
        }
      }
    }
    if (transfer.total().isPresent() && length < transfer.total().getAsLong()) {
      throw SourceException.unreachable(
          "broke off after %d of %d bytes".formatted(length, transfer.total().getAsLong()), null);
    }
  }

  private void write(OutputStream out, byte[] chunk, int count) throws IOException {
    try {
      out.write(chunk, 0, count);
    } catch (IOException e) {
      throw OsError.about(partial(), e);
    }
  }

  private int read(StallWatch.Guard guard, InputStream body, byte[] chunk)
      throws IOException, InterruptedException {
    throwIfStopped();
    try {
      return guard.read(body, chunk);
    } catch (SourceException e) {
      throw e;
    } catch (IOException e) {
      throwIfStopped();
      throw SourceException.unreachable("broke off (%s)".formatted(e.getMessage()), e);
    }
  }

  private boolean isThePiece() throws IOException, InterruptedException {
    long length = Files.size(partial());
    if (length == 0 || PieceForms.fault(piece, length).isPresent()) {
      return false;
    }
    PieceFile file = new PieceFile(partial(), 0, PieceForms.isPadded(piece, length));
    try (PieceVerifier.Running running = means.verifier().start(file, piece)) {
      onStop(running::close);
      return running.fault().isEmpty();
    } finally {
      onStop(() -> {});
    }
  }

  private Path partial() {
    return means.cache().partial(piece);
  }

  private synchronized void onStop(Runnable action) {
    abort = action;
    if (stopped) {
      action.run();
    }
  }

  private void throwIfStopped() throws InterruptedException {
    if (stopped) {
      throw new InterruptedException();
    }
  }
}
