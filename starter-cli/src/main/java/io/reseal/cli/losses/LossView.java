package io.reseal.cli.losses;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.reseal.appraisal.LossReading;
import io.reseal.appraisal.Repairs;
import io.reseal.catalog.LossScanRow;
import io.reseal.losses.Loss;
import io.reseal.losses.MinerOnChain;
import io.reseal.losses.Outlook;
import io.reseal.losses.ProvingClock;
import io.reseal.losses.SectorOnChain;
import io.reseal.losses.Verdict;
import io.reseal.sector.Piece;
import io.reseal.sector.SectorId;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A miner's losses as printed. Amounts are attoFIL as text, because they exceed what JSON's readers
 * take for whole numbers.
 *
 * @param miner the miner's address
 * @param network the network's name
 * @param scannedAt when the chain was asked
 * @param epoch at which everything on the chain was asked
 * @param nowEpoch the epoch that it is by the time that has passed since
 * @param missingFunds what must be sent to the miner before the chain takes a recovery; 0 if
 *     nothing
 * @param consensusFaultUntil the epoch until which it takes none, or null
 * @param unconfirmed what only one of several nodes told, or null
 * @param counts how many sectors there are by verdict
 * @param away stores that could not be looked at
 * @param losses what is worst to wait for first
 * @param total the sums over them
 */
public record LossView(
    String miner,
    String network,
    long scannedAt,
    long epoch,
    long nowEpoch,
    String missingFunds,
    Long consensusFaultUntil,
    String unconfirmed,
    Map<String, Long> counts,
    List<AwayStore> away,
    List<LostSector> losses,
    Total total) {

  /**
   * A store that could not be looked at.
   *
   * @param fault why
   * @param copies of the miner's sectors that it had, which are now unknown
   */
  public record AwayStore(String host, String store, String fault, long copies) {}

  /**
   * A sector of which something must be done. All amounts but the pledge are estimates.
   *
   * @param chain {@code active}, {@code unproven}, {@code faulty} or {@code recovering}
   * @param stores {@code whole}, {@code damaged}, {@code missing}, {@code never seen} or {@code
   *     unknown}
   * @param lost what is lost, for people
   * @param disputed what two nodes say that differs, or null
   * @param faultEpoch the last epoch of the deadline from which its fault counts, or null
   * @param terminationEpoch at whose end the chain terminates it, or null if it does not
   * @param lastDeclarationEpoch the last at which declaring it recovered saves it, or null
   * @param cutoffEpoch from which it is too late to declare it for its next window
   * @param cutoffMillis how long until then
   * @param terminationMillis how long until the chain terminates it, or null
   * @param inTime whether it can be proven again before it ends
   * @param faultFee for each day
   * @param terminationFee if it were terminated now
   * @param repairMillis how long the repair usually takes, or null
   * @param missing what must be brought in first
   * @param lacking what no host had when the scan asked: pieces, room
   */
  public record LostSector(
      SectorId sector,
      String verdict,
      String chain,
      String stores,
      String lost,
      String disputed,
      int deadline,
      int partition,
      Long faultEpoch,
      Long terminationEpoch,
      Long lastDeclarationEpoch,
      long cutoffEpoch,
      long cutoffMillis,
      Long terminationMillis,
      boolean inTime,
      String faultFee,
      String terminationFee,
      String pledge,
      boolean hasData,
      String repair,
      Long repairMillis,
      List<String> missing,
      List<String> lacking,
      String feesUntilProven,
      String costOfRebuilding,
      String costOfLettingGo) {

    /** Whether no known store ever had it. */
    @JsonIgnore
    boolean isNeverSeen() {
      return stores.equals(NEVER_SEEN);
    }
  }

  private static final String NEVER_SEEN = "never seen";

  /** The sums over all sectors with losses. */
  public record Total(long sectors, String faultFee, String terminationFee, String pledge) {}

  /**
   * A piece that lost sectors need.
   *
   * @param size padded bytes
   * @param sectors that wait for it
   * @param hosts that can get it, by the scan
   */
  public record NeededPiece(String cid, long size, List<SectorId> sectors, List<String> hosts) {}

  static LossView of(LossReading.Read read) {
    LossScanRow scan = read.scan();
    MinerOnChain miner = scan.onChain();
    boolean inFault = miner.isInConsensusFault();
    Map<String, Long> counts = new TreeMap<>();
    read.counts().forEach((verdict, count) -> counts.put(verdict.title(), count));
    return new LossView(
        "f0" + scan.miner(),
        miner.network(),
        scan.askedAt(),
        miner.clock().now(),
        read.clock().now(),
        miner.funds().missing().toString(),
        inFault ? miner.consensusFaultUntil() : null,
        scan.remarks(),
        counts,
        read.away().entrySet().stream()
            .map(
                store ->
                    new AwayStore(
                        store.getKey().host(),
                        store.getKey().store(),
                        store.getKey().fault(),
                        store.getValue()))
            .toList(),
        read.lines().stream().map(line -> sector(line, read.clock())).toList(),
        new Total(
            read.lines().size(),
            sum(read, loss -> loss.outlook().faultFee()),
            sum(read, loss -> loss.outlook().terminationFee()),
            sum(read, loss -> loss.sector().worth().pledge())));
  }

  private static String sum(LossReading.Read read, Function<Loss, BigInteger> amount) {
    return read.lines().stream()
        .map(line -> amount.apply(line.loss()))
        .reduce(BigInteger.ZERO, BigInteger::add)
        .toString();
  }

  private static LostSector sector(LossReading.Line line, ProvingClock clock) {
    Loss loss = line.loss();
    SectorOnChain sector = loss.sector();
    Outlook outlook = loss.outlook();
    ProvingClock.Term term = sector.early() == 0 ? null : clock.term(sector.early());
    Duration left = term == null ? null : term.left();
    return new LostSector(
        sector.sector(),
        loss.verdict().title(),
        sector.state().name().toLowerCase(Locale.ROOT),
        loss.files() == Verdict.InStores.NEVER_SEEN
            ? NEVER_SEEN
            : loss.files().name().toLowerCase(Locale.ROOT),
        loss.lost(),
        sector.disputed(),
        sector.deadline(),
        sector.partition(),
        term == null ? null : term.faultEpoch(),
        term == null ? null : term.termination(),
        term == null ? null : term.lastDeclaration(),
        outlook.cutoff(),
        clock.until(outlook.cutoff()).toMillis(),
        left == null ? null : left.toMillis(),
        outlook.inTime(),
        outlook.faultFee().toString(),
        outlook.terminationFee().toString(),
        sector.worth().pledge().toString(),
        sector.hasData(),
        line.repair().what(),
        line.repair().millis(),
        line.repair().missing(),
        line.repair().lacking(),
        outlook.feesUntilProven().toString(),
        outlook.costOfRebuilding().toString(),
        outlook.costOfLettingGo().toString());
  }

  /** The pieces that lost sectors need, the ones that most sectors wait for first. */
  static List<NeededPiece> pieces(LossReading.Read read) {
    Map<String, NeededPiece> needed = new TreeMap<>();
    for (LossReading.Line line : read.lines()) {
      for (Repairs.NeededPiece each : line.repair().pieces()) {
        Piece piece = each.piece();
        needed.merge(
            piece.cid(),
            new NeededPiece(piece.cid(), piece.size(), List.of(line.sector()), each.hosts()),
            LossView::both);
      }
    }
    return needed.values().stream()
        .sorted((one, other) -> other.sectors().size() - one.sectors().size())
        .toList();
  }

  private static NeededPiece both(NeededPiece one, NeededPiece other) {
    return new NeededPiece(
        one.cid(),
        one.size(),
        Stream.concat(one.sectors().stream(), other.sectors().stream()).distinct().toList(),
        Stream.concat(one.hosts().stream(), other.hosts().stream()).distinct().sorted().toList());
  }
}
