package io.reseal.follow;

import io.reseal.config.MinerSettings;
import io.reseal.contract.OnChain;
import io.reseal.contract.OnChain.Status;
import io.reseal.losses.ProvingClock;
import io.reseal.losses.SectorOnChain;
import io.reseal.sector.SectorId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a look at the chain means for a sector that was put back, and when the next one is due. A
 * faulty sector has one chance in each proving period: its recovery must be declared before the
 * cutoff of its deadline, which the miner's software does by itself if it sees the files when it
 * looks, and proven in the deadline.
 */
final class ChainCourse {

  /** Epochs from the software's look until its message is on chain. */
  private static final long INCLUSION = 3;

  /** Epochs before the cutoff at which it is looked a last time whether a recovery is declared. */
  private static final long LAST_CALL = 5;

  /** Epochs after which no reorganisation of the chain takes anything back. */
  static final long FINALITY = 900;

  private static final Duration LOOK_FOR = Duration.ofHours(1);
  private static final Duration LOOK_FOR_LATER = Duration.ofDays(1);
  private static final int DAYS_UNSEEN = 10;

  private final SectorId sector;
  private final Optional<MinerSettings.Kind> software;
  private final OnChain before;
  private final List<OnChain.Change> past;
  private final SectorOnChain seen;
  private final ProvingClock clock;
  private final long nowMillis;

  /**
   * @param software what proves the miner's sectors, if it is configured
   * @param before what was seen last, or null
   * @param seen what is seen now
   * @param clock the miner's, at the epoch of what is seen
   * @param nowMillis the time of that epoch
   */
  ChainCourse(
      SectorId sector,
      Optional<MinerSettings.Kind> software,
      OnChain before,
      SectorOnChain seen,
      ProvingClock clock,
      long nowMillis) {
    this.sector = sector;
    this.software = software;
    this.before = lastSeen(before);
    this.past = before == null ? List.of() : before.changes();
    this.seen = seen;
    this.clock = clock;
    this.nowMillis = nowMillis;
  }

  /** What it was when a node showed it last; null if none has. */
  private static OnChain lastSeen(OnChain before) {
    if (before == null || before.status() != Status.UNSEEN) {
      return before;
    }
    List<OnChain.Change> seen =
        before.changes().stream().filter(change -> change.status() != Status.UNSEEN).toList();
    return seen.isEmpty()
        ? null
        : new OnChain(
            seen.get(seen.size() - 1).status(),
            before.height(),
            before.deadline(),
            before.text(),
            null,
            null,
            before.due(),
            before.nextLook(),
            seen,
            before.firstChance());
  }

  /**
   * No node shows the sector: it is looked for every hour, after a day once a day, and in the end
   * no more.
   *
   * @param before what was seen last, or null
   * @param why what the nodes say
   */
  static OnChain unseen(OnChain before, String why, ProvingClock clock, long nowMillis) {
    boolean still = before != null && before.status() == Status.UNSEEN;
    Duration since = still ? clock.until(before.since()).negated() : Duration.ZERO;
    boolean isOver = since.toDays() >= DAYS_UNSEEN;
    Duration wait = since.compareTo(LOOK_FOR_LATER) < 0 ? LOOK_FOR : LOOK_FOR_LATER;
    return new OnChain(
        Status.UNSEEN,
        clock.now(),
        before == null ? null : before.deadline(),
        "No node shows the sector: " + why,
        isOver
            ? "No node has shown the sector for %d days, so it is followed no more. Check its miner and number, and the nodes in reseal.toml; the next rebuild of it is followed again."
                .formatted(DAYS_UNSEEN)
            : "Whether it is proven cannot be seen. Check its number, and the nodes in"
                + " reseal.toml.",
        null,
        before == null ? null : before.due(),
        isOver ? null : Long.valueOf(nowMillis + wait.toMillis()),
        changes(before == null ? List.of() : before.changes(), Status.UNSEEN, clock.now()),
        before == null ? null : before.firstChance());
  }

  OnChain now() {
    return switch (seen.state()) {
      case TERMINATED, EXPIRED -> ended();
      case RECOVERING -> recovering();
      case FAULTY -> faulty();
      case UNPROVEN, ACTIVE -> notFaulty();
    };
  }

  private OnChain ended() {
    return seen(
        Status.ENDED,
        "The chain no longer counts the sector: it %s."
            .formatted(
                seen.state() == SectorOnChain.State.EXPIRED ? "has expired" : "was terminated"),
        "There is nothing left to prove.",
        null,
        null,
        null);
  }

  private OnChain recovering() {
    ProvingClock.Window window = clock.window(seen.deadline());
    return seen(
        Status.RECOVERING,
        "Its recovery is declared; it is to be proven in deadline %d, epochs %d to %d."
            .formatted(seen.deadline(), window.open(), window.last()),
        null,
        null,
        null,
        window.close() + 1);
  }

  private OnChain faulty() {
    ProvingClock.Window chance = clock.nextChance(seen.deadline());
    Optional<ProvingClock.Term> term =
        seen.early() == 0 ? Optional.empty() : Optional.of(clock.term(seen.early()));
    String since =
        term.map(its -> "Faulty; the chain terminates it at epoch %d".formatted(its.termination()))
            .orElse("Faulty until it expires");
    if (term.filter(ProvingClock.Term::isHopeless).isPresent()) {
      return seen(
          Status.FAULTY,
          since + ".",
          "Its last recovery would have had to be declared by epoch %d."
              .formatted(term.get().lastDeclaration()),
          null,
          null,
          term.get().termination() + 1);
    }
    long looks = clock.rules().looksAt(kind(), chance.open());
    if (clock.now() < looks + INCLUSION) {
      return seen(
          Status.FAULTY,
          since
              + "; %s looks whether it can be declared recovered at epoch %d, for deadline %d."
                  .formatted(softwareName(), looks, seen.deadline()),
          missedChance(),
          missedChance() == null ? null : command(),
          null,
          looks + INCLUSION);
    }
    return seen(
        Status.FAULTY,
        since + ".",
        "Its recovery is not declared, though %s looked at epoch %d. For deadline %d it must be on chain before epoch %d."
            .formatted(softwareName(), looks, seen.deadline(), chance.cutoff()),
        command(),
        null,
        clock.now() < chance.cutoff() - LAST_CALL ? chance.cutoff() - LAST_CALL : chance.close());
  }

  /** What went wrong in the period before, or null. */
  private String missedChance() {
    if (before == null) {
      return null;
    }
    if (before.status() == Status.RECOVERING) {
      return "Its recovery was declared, but it was not proven: the miner's software skipped it or"
          + " submitted no proof.";
    }
    return before.status() == Status.FAULTY && before.attention() != null
        ? before.attention()
        : null;
  }

  private OnChain notFaulty() {
    if (before != null && before.status() == Status.PROVEN) {
      return proven(provenAt());
    }
    if (before != null && before.due() == null) {
      return proven(clock.now());
    }
    if (before != null && clock.now() >= before.due()) {
      return proven(clock.now());
    }
    long due = before == null ? endOfFirstProof() : before.due();
    return seen(
        Status.ACTIVE,
        "The chain has not noticed that its files were lost; it is proven next in deadline %d, by epoch %d."
            .formatted(seen.deadline(), due - 1),
        null,
        null,
        due,
        due + 1);
  }

  /** The end of the first window whose challenge is drawn after the sector was put back. */
  private long endOfFirstProof() {
    return clock.nextChallenge(seen.deadline()) + clock.rules().lookback() + clock.rules().window();
  }

  private long provenAt() {
    return before.changes().get(before.changes().size() - 1).height();
  }

  private OnChain proven(long at) {
    boolean isFinal = clock.now() >= at + FINALITY;
    return seen(
        Status.PROVEN,
        "Proven in deadline %d, by epoch %d%s."
            .formatted(
                seen.deadline(), at, isFinal ? "" : "; final at epoch %d".formatted(at + FINALITY)),
        null,
        null,
        null,
        isFinal ? null : Long.valueOf(at + FINALITY));
  }

  private OnChain seen(
      Status status, String text, String attention, String command, Long due, Long nextLook) {
    return new OnChain(
        status,
        clock.now(),
        seen.state().isLive() ? seen.deadline() : null,
        text,
        attention,
        command,
        due,
        nextLook == null ? null : nowMillis + clock.until(nextLook).toMillis(),
        changes(past, status, clock.now()),
        firstChance());
  }

  private Long firstChance() {
    if (before != null && before.firstChance() != null) {
      return before.firstChance();
    }
    return switch (seen.state()) {
      case FAULTY -> clock.nextChance(seen.deadline()).close();
      case RECOVERING -> clock.window(seen.deadline()).close();
      default -> null;
    };
  }

  private static List<OnChain.Change> changes(
      List<OnChain.Change> past, Status status, long height) {
    List<OnChain.Change> changes = new ArrayList<>(past);
    if (past.isEmpty() || past.get(past.size() - 1).status() != status) {
      changes.add(new OnChain.Change(status, height));
    }
    return changes;
  }

  /** What is not configured may be the one that looks last. */
  private MinerSettings.Kind kind() {
    return software.orElse(MinerSettings.Kind.CURIO);
  }

  private String softwareName() {
    return software.map(MinerSettings.Kind::toString).orElse("the miner's software");
  }

  /** The command that declares the recovery by hand. */
  private String command() {
    if (software.filter(MinerSettings.Kind.LOTUS_MINER::equals).isPresent()) {
      return "lotus-miner proving recover-faults " + sector.number();
    }
    if (software.filter(MinerSettings.Kind.DAMOCLES::equals).isPresent()) {
      return "damocles-manager util sealer proving recover-faults --deadline " + seen.deadline();
    }
    return "lotus send --from CONTROL_ADDRESS --method 11 --params-json"
        + " '{\"Recoveries\":[{\"Deadline\":%d,\"Partition\":%d,\"Sectors\":[%d,1]}]}' %s 0"
            .formatted(seen.deadline(), seen.partition(), sector.number(), sector.minerAddress());
  }
}
