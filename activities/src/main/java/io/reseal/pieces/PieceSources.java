package io.reseal.pieces;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import io.reseal.config.PieceSettings;
import io.reseal.config.WorkerConfig;
import io.reseal.files.FileWork;
import io.reseal.files.Stores;
import io.reseal.sector.Piece;
import io.reseal.sector.SectorId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All places where a host searches for pieces, in its order. What is on the host is preferred to
 * what would have to be downloaded.
 */
public final class PieceSources {

  private static final Duration FIRST_WAIT = Duration.ofMillis(500);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
  private static final int MOST_ASKED_AGAIN = 2;

  private final List<PieceSource> near;
  private final List<RemoteSource> remote;
  private final Optional<PieceCache> cache;
  private final WrongFiles wrong = new WrongFiles();

  PieceSources(List<PieceSource> near, List<RemoteSource> remote, Optional<PieceCache> cache) {
    this.near = List.copyOf(near);
    this.remote = List.copyOf(remote);
    this.cache = cache;
  }

  /**
   * The sources that a host's file configures.
   *
   * @param stores those attached to the host
   * @param holders which sectors hold a piece
   * @param environment holds the secrets that the file refers to
   */
  public static PieceSources of(
      WorkerConfig config, Stores stores, PieceHolders holders, Map<String, String> environment) {
    PieceSettings settings = config.pieces();
    UnsealedCopies copies = new UnsealedCopies(stores);
    Optional<PieceCache> cache =
        settings
            .cache()
            .map(dir -> new PieceCache(dir, settings.cacheBytes(), InstantSource.system()));
    List<PieceSource> near = new ArrayList<>();
    List<RemoteSource> remote = new ArrayList<>();
    for (PieceSettings.Kind kind : settings.order()) {
      switch (kind) {
        case LOCAL -> near.add(new LocalDirectories(config.localPiecesDirs()));
        case OWN_UNSEALED -> near.add(copies.own());
        case OTHER_UNSEALED -> near.add(copies.others(holders));
        case CACHE -> cache.ifPresent(near::add);
        case HTTP ->
            settings
                .http()
                .forEach(store -> remote.add(new HttpSource(store, settings.stall(), environment)));
        case S3 ->
            settings
                .s3()
                .forEach(store -> remote.add(new S3Source(store, settings.stall(), environment)));
      }
    }
    if (!settings.order().contains(PieceSettings.Kind.CACHE)) {
      cache.ifPresent(near::add);
    }
    return new PieceSources(near, remote, cache);
  }

  Optional<PieceCache> cache() {
    return cache;
  }

  List<RemoteSource> remote() {
    return remote;
  }

  /** The files of this host that are skipped. */
  WrongFiles wrong() {
    return wrong;
  }

  /**
   * Each place's answer, up to and including the first that has the piece; data known to be wrong
   * is reported as such.
   */
  List<Answer> search(SectorId sector, Piece piece) throws InterruptedException {
    List<Answer> answers = searchHost(sector, piece);
    if (answers.stream().anyMatch(Answer::isHere)) {
      return answers;
    }
    for (RemoteSource source : remote) {
      FileWork.proceed();
      List<Answer> answered = askPatiently(source, sector, piece);
      answers.addAll(answered);
      if (answered.stream().anyMatch(Answer::isOffered)) {
        return answers;
      }
    }
    return answers;
  }

  /** The same for the places on this host only. */
  List<Answer> searchHost(SectorId sector, Piece piece) throws InterruptedException {
    List<Answer> answers = new ArrayList<>();
    for (PieceSource source : near) {
      FileWork.proceed();
      for (Answer given : source.ask(sector, piece)) {
        Answer answer = wrong.judge(given, piece);
        answers.add(answer);
        if (answer.isHere()) {
          return answers;
        }
      }
    }
    return answers;
  }

  /** Whether some place has a piece, by what each answers at once. */
  boolean has(SectorId sector, Piece piece) throws InterruptedException {
    if (searchHost(sector, piece).stream().anyMatch(Answer::isHere)) {
      return true;
    }
    for (RemoteSource source : remote) {
      if (source.ask(sector, piece).stream().anyMatch(Answer::isOffered)) {
        return true;
      }
    }
    return false;
  }

  /** Every place's answer, even after one that has the piece; nothing is downloaded or changed. */
  public List<Answer> survey(SectorId sector, Piece piece) throws InterruptedException {
    List<Answer> answers = new ArrayList<>();
    for (PieceSource source : near) {
      answers.addAll(source.ask(sector, piece));
    }
    for (RemoteSource source : remote) {
      answers.addAll(source.ask(sector, piece));
    }
    return answers;
  }

  /** A source that does not answer is asked again before the piece counts as missing. */
  private static List<Answer> askPatiently(RemoteSource source, SectorId sector, Piece piece)
      throws InterruptedException {
    RetryPolicy<List<Answer>> policy =
        RetryPolicy.<List<Answer>>builder()
            .handleResultIf(PieceSources::isUnreachable)
            .withMaxRetries(MOST_ASKED_AGAIN)
            .withBackoff(FIRST_WAIT, LONGEST_WAIT)
            .build();
    try {
      return Failsafe.with(policy).get(() -> source.ask(sector, piece));
    } catch (FailsafeException e) {
      if (e.getCause() instanceof InterruptedException interrupted) {
        throw interrupted;
      }
      throw e;
    }
  }

  private static boolean isUnreachable(List<Answer> answers) {
    return answers.stream().noneMatch(Answer::isOffered)
        && answers.stream().anyMatch(answer -> answer.verdict() == Answer.Verdict.UNREACHABLE);
  }
}
