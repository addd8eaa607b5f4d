package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.plan.LostKey;
import io.reseal.plan.Repair;
import io.reseal.plan.Step;
import io.reseal.plan.Unsealing;
import io.reseal.sector.Commitment;
import io.reseal.sector.RebuildState;
import java.util.List;

/**
 * What a rebuild hands over to the next run of its workflow, so that no run's history becomes too
 * long. It is handed over only while the rebuild holds no thread and nothing is running.
 *
 * @param log what has been recorded
 * @param work how far the work has come
 * @param host the only host that may take it, or null for any
 */
public record Continuation(
    @JsonProperty("log") Log log,
    @JsonProperty("work") Work work,
    @JsonProperty("host") String host) {

  /**
   * What the rebuild has recorded so far.
   *
   * @param runId the rebuild's id in the catalog: Temporal's id of its first run
   * @param startedAt when the first run started, epoch milliseconds
   * @param state its state
   * @param thread where it last held a thread, or null
   * @param attempts attempts of all steps together
   * @param threadPause why its thread was paused the last time, or null
   * @param lastError the newest failure, or null
   * @param newest the newest state changes in order, at least one; the catalog has them all
   */
  public record Log(
      @JsonProperty("runId") String runId,
      @JsonProperty("startedAt") long startedAt,
      @JsonProperty("state") RebuildState state,
      @JsonProperty("thread") ThreadGrant thread,
      @JsonProperty("attempts") int attempts,
      @JsonProperty("threadPause") String threadPause,
      @JsonProperty("lastError") String lastError,
      @JsonProperty("newest") List<StateChange> newest) {}

  /**
   * How far the work has come.
   *
   * @param facts the sector's facts as last read, or null
   * @param scratch the thread whose scratch holds the finished steps, or null
   * @param stored the copy that was put into a store, or null
   * @param keyDamaged whether a store's copy of the key turned out to be damaged
   * @param repairFailed whether what a store has turned out to be damaged while it was repaired;
   *     nothing is repaired from then on
   * @param encodingFailed whether what was made with a known comm_c turned out to be wrong;
   *     everything is sealed from then on
   * @param lostKey what it does about a lost key; null: it is sealed again
   * @param withoutPieces whether the data of the unsealed copy are not made of pieces, because one
   *     did not arrive or was wrong
   * @param layersWrong whether layers that were copied from a store turned out to be wrong; all are
   *     made from then on
   * @param needsAllRoom whether it waits for a thread with room for a full rebuild, because one had
   *     room only for what its stores' files had suggested
   * @param restarts how often it restarted for lost scratch
   * @param leftThreads how many threads it left because of host faults, without progress
   * @param silences how often a silent step started again, without progress
   * @param grantNumber the highest number of a grant so far
   * @param position its place in the plan
   * @param tried the inputs that are tried, or null
   */
  public record Work(
      @JsonProperty("facts") SectorFacts facts,
      @JsonProperty("scratch") ThreadGrant scratch,
      @JsonProperty("stored") StoredCopy stored,
      @JsonProperty("keyDamaged") boolean keyDamaged,
      @JsonProperty("repairFailed") boolean repairFailed,
      @JsonProperty("encodingFailed") boolean encodingFailed,
      @JsonProperty("lostKey") LostKey lostKey,
      @JsonProperty("withoutPieces") boolean withoutPieces,
      @JsonProperty("layersWrong") boolean layersWrong,
      @JsonProperty("needsAllRoom") boolean needsAllRoom,
      @JsonProperty("restarts") int restarts,
      @JsonProperty("leftThreads") int leftThreads,
      @JsonProperty("silences") int silences,
      @JsonProperty("grantNumber") long grantNumber,
      @JsonProperty("position") Position position,
      @JsonProperty("tried") Tried tried) {}

  /**
   * The inputs that a rebuild tries.
   *
   * @param recorded the recorded facts that these belong to, or null while there are none
   * @param most how many are tried
   * @param all those to try, the recorded ones first
   * @param current index of the ones that it works with
   * @param failed the replica id that the recorded inputs gave another CommR with, or null
   */
  public record Tried(
      @JsonProperty("recorded") SectorFacts recorded,
      @JsonProperty("most") int most,
      @JsonProperty("all") List<Candidate> all,
      @JsonProperty("current") int current,
      @JsonProperty("failed") Commitment failed) {}

  /**
   * A place in a plan.
   *
   * @param plan the steps in order
   * @param next index of the next step
   * @param furthest the highest index reached so far
   * @param download whether pieces have to be downloaded
   * @param keyIn the store that has the key of a snapped sector intact, or null
   * @param repair what can be done instead of sealing, or null
   * @param unsealing how the unsealed copy is made, or null
   */
  public record Position(
      @JsonProperty("plan") List<Step> plan,
      @JsonProperty("next") int next,
      @JsonProperty("furthest") int furthest,
      @JsonProperty("download") boolean download,
      @JsonProperty("keyIn") String keyIn,
      @JsonProperty("repair") Repair repair,
      @JsonProperty("unsealing") Unsealing unsealing) {}
}
