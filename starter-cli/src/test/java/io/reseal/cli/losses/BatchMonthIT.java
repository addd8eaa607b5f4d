package io.reseal.cli.losses;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.appraisal.LossReader;
import io.reseal.appraisal.LossReading;
import io.reseal.batch.BatchWorkflowImpl;
import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogDatabase;
import io.reseal.catalog.ScanBuilder;
import io.reseal.catalog.SmallFleet;
import io.reseal.catalog.ThreadRow;
import io.reseal.cli.batch.BatchEstimate;
import io.reseal.cli.batch.BatchLosses;
import io.reseal.contract.BatchNews;
import io.reseal.contract.BatchRequest;
import io.reseal.contract.BatchState;
import io.reseal.contract.BatchWorkflow;
import io.reseal.contract.Names;
import io.reseal.contract.RebuildRequest;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.reseal.contract.Timings;
import io.reseal.control.BatchActivitiesImpl;
import io.reseal.control.BatchNotifier;
import io.reseal.losses.SectorOnChain;
import io.reseal.losses.Sectors;
import io.reseal.record.Fact;
import io.reseal.record.RecordBuilder;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.Piece;
import io.reseal.sector.Randomness;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptorBase;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A batch of 130 lost sectors on two sealing threads, until the chain would have terminated the
 * last of them 42 days later: the batch, the order, and the catalog are real; the rebuilds only
 * take their time, and the chain is what each day's scan says.
 */
@Timeout(400)
class BatchMonthIT {

  private static final int SECTORS = 130;
  private static final int THREADS = 2;
  private static final Duration WORK = Duration.ofHours(15);
  private static final String BATCH = "disk-7";
  private static final int DAYS = 43;

  /** So many sectors turn out on day 12 to have less time than was thought. */
  private static final int SHORTER = 19;

  private static final long DAY = 2880;
  private static final long EPOCH = 30_000;
  private static final long BEGIN = 1_700_000_000_000L;

  private static final List<Piece> DATA =
      List.of(new Piece(Cid.unsealed(new Commitment("30".repeat(32))), 32L << 30, 0));

  /** The epoch at which the disk dies, the first of a proving period. */
  private static final long LOST_AT = 200 * DAY;

  /** The miner's software looks for the last time so many epochs before the chain terminates. */
  private static final long LAST_LOOK = 198;

  /** A lost sector: what the chain and the catalog know of it, by day. */
  private static final class Lost {

    final long number;

    /** The day on which the chain terminates it, as the scans from a day on have it. */
    final TreeMap<Integer, Integer> terminated = new TreeMap<>(Map.of(0, 41));

    /** The day on which its record is brought in. */
    int recorded;

    Lost(long number) {
      this.number = number;
    }

    /** Ten times as much as the others. */
    boolean isValuable() {
      return number % 4 == 0;
    }

    int deadline() {
      return (int) (number % 48);
    }

    /** At the end of this epoch the chain terminates it. */
    long early(int today) {
      return LOST_AT + terminated.floorEntry(today).getValue() * DAY + deadline() * 60L + 59;
    }

    /** When it must be back at the latest, in epoch milliseconds. */
    long last(int today) {
      return time(early(today) - LAST_LOOK);
    }

    SectorId id() {
      return new SectorId(ScanBuilder.MINER, number);
    }
  }

  private static long time(long epoch) {
    return BEGIN + (epoch - LOST_AT) * EPOCH;
  }

  private static long day(int days) {
    return BEGIN + Duration.ofDays(days).toMillis();
  }

  private static int dayOf(long at) {
    return (int) Duration.ofMillis(at - BEGIN).toDays();
  }

  /** A rebuild that only takes its time. */
  @WorkflowInterface
  public interface SomeRebuild {
    @WorkflowMethod(name = "Rebuild")
    void rebuild(RebuildRequest request);
  }

  /** What a worker records of a rebuild. */
  @ActivityInterface
  public interface Recorder {
    void begun(SectorId sector, String runId, Integer priority);

    void ended(SectorId sector, String runId);
  }

  /**
   * Once it is recorded as ended it only stays open: the clock of the in-memory server stands for
   * good after a child has ended whose parent continued in a new run.
   */
  public static final class SomeRebuildImpl implements SomeRebuild {
    @Override
    public void rebuild(RebuildRequest request) {
      Recorder recorder =
          Workflow.newActivityStub(
              Recorder.class,
              ActivityOptions.newBuilder().setStartToCloseTimeout(Duration.ofMinutes(1)).build());
      String runId = Workflow.getInfo().getRunId();
      recorder.begun(request.sector(), runId, request.priority());
      Workflow.sleep(WORK);
      recorder.ended(request.sector(), runId);
      Workflow.await(() -> false);
    }
  }

  private final Map<Long, Lost> lost = new LinkedHashMap<>();
  private final Map<Long, Long> begun = new ConcurrentHashMap<>();
  private final Map<Long, Integer> priorities = new ConcurrentHashMap<>();
  private final Map<Long, Long> ended = new ConcurrentHashMap<>();
  private Catalog catalog;
  private TestWorkflowEnvironment environment;
  private LossReader reader;

  /**
   * A batch asks once an hour instead of every five minutes: so many questions in 43 days would
   * take most of the test's time.
   */
  private static final class SeldomQuestions extends WorkerInterceptorBase {

    private static final Duration USUAL = Duration.ofMinutes(5);

    @Override
    public WorkflowInboundCallsInterceptor interceptWorkflow(WorkflowInboundCallsInterceptor next) {
      return new WorkflowInboundCallsInterceptorBase(next) {
        @Override
        public void init(WorkflowOutboundCallsInterceptor calls) {
          super.init(
              new WorkflowOutboundCallsInterceptorBase(calls) {
                @Override
                public Promise<Void> newTimer(Duration delay) {
                  return super.newTimer(delay.equals(USUAL) ? Duration.ofHours(1) : delay);
                }
              });
        }
      };
    }
  }

  private static TestEnvironmentOptions options() {
    TestEnvironmentOptions.Builder options = TestEnvironmentOptions.newBuilder();
    Names.SEARCH_ATTRIBUTES.forEach(
        key -> options.registerSearchAttribute(key.getName(), key.getValueType()));
    return options
        .setUseTimeskipping(true)
        .setInitialTimeMillis(BEGIN)
        .setWorkerFactoryOptions(
            WorkerFactoryOptions.newBuilder().setWorkerInterceptors(new SeldomQuestions()).build())
        .build();
  }

  @BeforeEach
  void start() {
    catalog = Catalog.open(CatalogDatabase.migrated());
    reader = new LossReader(catalog, Map.of());
    environment = TestWorkflowEnvironment.newInstance(options());
    WorkflowClient client = environment.getWorkflowClient();
    Worker worker = environment.newWorker(Names.CONTROL_QUEUE);
    worker.registerWorkflowImplementationTypes(SomeRebuildImpl.class, BatchWorkflowImpl.class);
    worker.registerActivitiesImplementations(
        new BatchActivitiesImpl(
            catalog, client, new BatchNotifier(catalog, client), reader, this::now),
        new CatalogRecorder());
    environment.start();
    LongStream.range(0, SECTORS).forEach(number -> lost.put(number, new Lost(number)));
  }

  @AfterEach
  void stop() {
    environment.close();
    catalog.close();
  }

  private Instant now() {
    return Instant.ofEpochMilli(environment.currentTimeMillis());
  }

  /** Records as a worker does, and reports to the batch. */
  private final class CatalogRecorder implements Recorder {
    @Override
    public void begun(SectorId sector, String runId, Integer priority) {
      priorities.put(sector.number(), priority);
      begun.put(sector.number(), now().toEpochMilli());
      record(sector, runId, 0, RebuildState.PC1_DONE, null);
    }

    @Override
    public void ended(SectorId sector, String runId) {
      long at = now().toEpochMilli();
      ended.put(sector.number(), at);
      record(sector, runId, 1, RebuildState.FINISHED, at);
      environment
          .getWorkflowClient()
          .newWorkflowStub(BatchWorkflow.class, Names.batchWorkflowId(BATCH))
          .rebuildChanged(new BatchNews(sector, RebuildState.FINISHED, false, null));
    }

    private void record(
        SectorId sector, String runId, int change, RebuildState state, Long endedAt) {
      catalog
          .runs()
          .record(
              run(sector, runId, state, begun.get(sector.number()), endedAt),
              List.of(change(change, state, "some step", now().toEpochMilli(), 0)));
    }
  }

  private static RunRecord run(
      SectorId sector, String runId, RebuildState state, long startedAt, Long endedAt) {
    return new RunRecord(
        runId,
        Names.workflowId(sector),
        sector,
        state,
        SmallFleet.HOST,
        0,
        startedAt,
        endedAt == null ? startedAt : endedAt,
        endedAt,
        1,
        BATCH,
        null,
        null,
        null,
        "ann");
  }

  private static StateChange change(
      int seq, RebuildState state, String step, long at, long millis) {
    return new StateChange(
        seq, state, at, step, SmallFleet.HOST, 0, 1, at - millis, at, 0, null, null);
  }

  /** One that is worth more has data. */
  private void addRecord(SectorId sector) {
    RecordBuilder record =
        RecordBuilder.of(
            sector,
            SealProof.GIB_32_V1_1,
            new Randomness("ab".repeat(32), 5),
            Sectors.sector(sector.number()).build().commR());
    boolean data = lost.containsKey(sector.number()) && lost.get(sector.number()).isValuable();
    catalog.sectors().add((data ? record.with(Fact.PIECES, DATA) : record).build());
  }

  private void bringIn(int today) {
    lost.values().stream()
        .filter(each -> each.recorded == today)
        .forEach(each -> addRecord(each.id()));
  }

  /** What the chain says on a day: sectors that are back have been proven. */
  private void scan(int today) {
    long epoch = LOST_AT + today * DAY;
    List<SectorOnChain> sectors =
        lost.values().stream()
            .filter(each -> !ended.containsKey(each.number))
            .map(each -> onChain(each, epoch, each.early(today)))
            .toList();
    ScanBuilder.begun(day(today))
        .asked(day(today))
        .epoch(epoch, LOST_AT)
        .sectors(sectors)
        .write(catalog);
  }

  private static SectorOnChain onChain(Lost each, long epoch, long early) {
    Sectors sector = Sectors.sector(each.number).in(each.deadline());
    if (each.isValuable()) {
      sector.verified();
    }
    return (epoch > early
            ? sector.state(SectorOnChain.State.TERMINATED)
            : sector.faultyUntil(early))
        .build();
  }

  private List<Lost> some(long from, long to) {
    return LongStream.range(from, to).mapToObj(lost::get).toList();
  }

  /** Starts the batch as the command does; returns what is said before. */
  private String startBatch() {
    LossReading.Read read =
        reader.read(catalog.losses().latest(ScanBuilder.MINER).orElseThrow(), BEGIN);
    Chosen chosen = Chosen.of(read, false, THREADS, now());
    BatchRecord batch =
        BatchRecord.asked(BATCH, SECTORS, THREADS, null, false, false, false, null, "ann")
            .orderedByCost(false);
    List<ThreadRow> threads = catalog.threads().all();
    BatchLosses.Planned planned =
        new BatchLosses(Stream.of(read), now()).plan(batch, threads, chosen.ready());
    catalog.batches().add(batch, chosen.sectors(), planned.losses());
    BatchWorkflow workflow =
        environment
            .getWorkflowClient()
            .newWorkflowStub(
                BatchWorkflow.class,
                WorkflowOptions.newBuilder()
                    .setWorkflowId(Names.batchWorkflowId(BATCH))
                    .setTaskQueue(Names.CONTROL_QUEUE)
                    .build());
    WorkflowClient.start(
        workflow::run,
        new BatchRequest(
            BATCH,
            SECTORS,
            THREADS,
            Timings.standard(),
            "ann",
            false,
            false,
            null,
            null,
            false,
            null,
            true));
    return String.join(" ", BatchEstimate.of(planned, batch, threads, now()).sentences().toList());
  }

  /**
   * Another, simple scheduler that only wants as many as possible back in time: it always takes the
   * one that has least time left and can still be in time. It knows what the batch knows.
   */
  private Set<Long> whatCouldBeInTime() {
    Set<Long> done = new HashSet<>();
    PriorityQueue<Long> threads = new PriorityQueue<>();
    for (int i = 0; i < THREADS; i++) {
      threads.add(BEGIN);
    }
    while (threads.peek() < day(DAYS)) {
      long at = threads.remove();
      int today = dayOf(at);
      Optional<Lost> next =
          lost.values().stream()
              .filter(each -> !done.contains(each.number) && each.recorded <= today)
              .filter(each -> at + WORK.toMillis() <= each.last(today))
              .min(Comparator.comparingLong(each -> each.last(today)));
      next.ifPresent(each -> done.add(each.number));
      threads.add(next.isPresent() ? at + WORK.toMillis() : day(today + 1));
    }
    return done;
  }

  private List<Long> inOrder(List<Lost> sectors) {
    return sectors.stream()
        .map(each -> each.number)
        .filter(begun::containsKey)
        .sorted(Comparator.comparing(begun::get))
        .toList();
  }

  // Fails if a sector that could be in time is missed, one that cannot is started, or one of which
  // the inputs arrive, or to which a newer scan gives more time, does not join; or if those that a
  // newer scan gives less time are not next.
  @Test
  void nothingThatCouldBeInTimeIsMissed() {
    SmallFleet.report(catalog, THREADS, WORK, Instant.ofEpochMilli(day(100)));
    some(80, 115).forEach(each -> each.terminated.put(0, 6));
    some(120, 124).forEach(each -> each.terminated.put(0, 0));
    lost.get(123L).terminated.put(3, 20);
    some(124, 127).forEach(each -> each.recorded = 20);
    some(127, 129).forEach(each -> each.recorded = 38);
    some(129, 130).forEach(each -> each.recorded = 2 * DAYS);
    some(55, 80).stream()
        .filter(each -> !each.isValuable())
        .forEach(each -> each.terminated.put(12, 19));

    bringIn(0);
    scan(0);
    assertThat(startBatch())
        .contains("13 of them would be too late for the chain (sectors 81-92, 95)");
    for (int today = 1; today <= DAYS; today++) {
      environment.sleep(Duration.ofMillis(day(today) - now().toEpochMilli()));
      bringIn(today);
      scan(today);
    }

    assertThat(ended).hasSameSizeAs(whatCouldBeInTime()).hasSize(113).hasSameSizeAs(begun);
    assertThat(ended)
        .allSatisfy((number, at) -> assertThat(at).isLessThan(lost.get(number).last(dayOf(at))));
    assertThat(inOrder(List.copyOf(lost.values())))
        .doesNotContain(120L, 121L, 122L, 129L)
        .doesNotContainAnyElementsOf(LongStream.range(81, 93).boxed().toList())
        .contains(123L);
    assertThat(priorities.get(96L)).as("it would be too late otherwise").isEqualTo(2);
    assertThat(priorities.get(44L)).as("it has time").isEqualTo(4);
    assertThat(some(124, 127)).allSatisfy(each -> joins(each, 20));
    assertThat(some(127, 129)).allSatisfy(each -> joins(each, 38));
    assertThat(begunSince(12).limit(SHORTER))
        .allMatch(number -> number > 54 && number < 80 && number % 4 != 0);
    assertThat(inOrder(some(0, 55)).subList(0, 14)).allMatch(number -> number % 4 == 0);
    assertThat(catalog.batches().find(BATCH).orElseThrow())
        .extracting(BatchRecord::state, BatchRecord::note)
        .containsExactly(
            BatchState.FINISHED,
            "17 of its sectors were not started: they cannot be proven before they end");
  }

  private void joins(Lost sector, int day) {
    assertThat(begun.get(sector.number)).isGreaterThanOrEqualTo(day(day));
  }

  private Stream<Long> begunSince(int day) {
    return inOrder(List.copyOf(lost.values())).stream()
        .filter(number -> begun.get(number) > day(day));
  }
}
