package io.reseal.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.reseal.catalog.CatalogProbe;
import io.reseal.catalog.ThreadRow;
import io.reseal.catalog.ThreadRows;
import io.reseal.doctor.CheckResult.Verdict;
import io.reseal.temporal.ServerVersion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Temporal, the catalog and the clocks, played by fakes. */
class ServicesCheckTest {

  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  private final ServicesCheck check = new ServicesCheck(() -> NOW);

  /** A server in order; a test changes what is to be wrong. */
  private static final class FakeTemporal implements ServicesCheck.Temporal {
    private String version = "1.31.2";
    private boolean namespace = true;
    private final List<String> missing = new ArrayList<>();
    private Instant clock = NOW;
    private String catalog = "ours";

    @Override
    public String address() {
      return "temporal:7233";
    }

    @Override
    public String serverVersion() {
      if (version == null) {
        throw Status.UNAVAILABLE.asRuntimeException();
      }
      return version;
    }

    @Override
    public String namespace() {
      return "reseal";
    }

    @Override
    public boolean hasNamespace() {
      return namespace;
    }

    @Override
    public List<String> missingSearchAttributes() {
      return missing;
    }

    @Override
    public Optional<Instant> clock() {
      return Optional.ofNullable(clock);
    }

    @Override
    public Optional<String> catalog() {
      return Optional.ofNullable(catalog);
    }
  }

  /** A catalog in order; a test changes what is to be wrong. */
  private static final class FakeCatalog implements ServicesCheck.Catalog {
    private String server = "11.4.5-MariaDB";
    private String schema = "5";
    private boolean newer;
    private Instant clock = NOW;
    private String identity = "ours";
    private final List<ThreadRow> threads = new ArrayList<>();

    @Override
    public CatalogProbe.Look look() {
      return new CatalogProbe.Look(server, Optional.ofNullable(schema), "5", newer, clock);
    }

    @Override
    public List<ThreadRow> threads(String host) {
      return threads;
    }

    @Override
    public Optional<String> identity() {
      return Optional.ofNullable(identity);
    }

    private void report(Instant seen) {
      threads.add(ThreadRows.idle("host-a", 0, "/far/away", seen));
    }
  }

  private final FakeTemporal temporal = new FakeTemporal();
  private final FakeCatalog catalog = new FakeCatalog();

  private List<CheckResult> examine(boolean workerRuns) {
    check.temporal(temporal);
    check.catalog(catalog, Optional.of("host-a"), workerRuns);
    return check.findings();
  }

  private CheckResult theProblem(boolean workerRuns) {
    List<CheckResult> problems =
        examine(workerRuns).stream()
            .filter(finding -> finding.verdict() == Verdict.problem)
            .toList();
    assertThat(problems).hasSize(1);
    return problems.get(0);
  }

  @Test
  void servicesInOrderAreInOrder() {
    assertThat(examine(false)).extracting(CheckResult::verdict).containsOnly(Verdict.ok);
  }

  // Catches: two installations in one namespace, whose workers take each other's rebuilds.
  @Test
  void aNamespaceThatIsUsedWithAnotherCatalogIsAProblem() {
    temporal.catalog = "theirs";
    assertThat(theProblem(false).text())
        .contains("namespace reseal", "id theirs", "id ours", "--catalog-was-lost");
  }

  // Catches: a new installation, or one of an older version, that is taken for a stranger.
  @Test
  void aNamespaceOrACatalogThatWasNeverUsedIsInOrder() {
    temporal.catalog = null;
    assertThat(examine(false)).extracting(CheckResult::verdict).containsOnly(Verdict.ok);
    temporal.catalog = "theirs";
    catalog.identity = null;
    assertThat(examine(false)).extracting(CheckResult::verdict).containsOnly(Verdict.ok);
  }

  @Test
  void aTemporalThatDoesNotAnswerIsAProblemAndTheCatalogIsLookedAtAllTheSame() {
    temporal.version = null;
    assertThat(theProblem(false).text()).contains("temporal:7233", "UNAVAILABLE");
    assertThat(check.findings()).extracting(CheckResult::subject).contains("MariaDB");
  }

  // Catches: a refusal of servers that came after this version of Reseal, or silence about them.
  @Test
  void aServerThatNobodyHasTriedIsNamedAndUsed() {
    ServerVersion newest = ServerVersion.NEWEST_TEMPORAL;
    temporal.version = "%d.%d.0".formatted(newest.major(), newest.minor() + 1);

    assertThat(examine(false))
        .allMatch(finding -> finding.verdict() == Verdict.ok)
        .extracting(CheckResult::text)
        .anyMatch(
            text ->
                text.contains(temporal.version)
                    && text.contains(ServerVersion.NEWEST_TESTED_TEMPORAL));
  }

  // Catches: a note about a later patch of a version that was tried.
  @Test
  void aPatchOfTheNewestServerIsNothingNew() {
    temporal.version = ServerVersion.NEWEST_TEMPORAL + ".99";

    assertThat(examine(false))
        .extracting(CheckResult::text)
        .noneMatch(text -> text.contains("tried"));
  }

  // Seen to fail: with versions compared as text.
  @Test
  void serversThatAreTooOldAreProblems() {
    temporal.version = "1.9.1";
    assertThat(theProblem(false).text())
        .contains("1.9.1", ServerVersion.OLDEST_TEMPORAL.toString());
    ServicesCheck other = new ServicesCheck(() -> NOW);
    catalog.server = "10.5.29-MariaDB-log";
    other.catalog(catalog, Optional.empty(), false);
    assertThat(other.findings().get(0).verdict()).isEqualTo(Verdict.problem);
  }

  @Test
  void aMissingNamespaceIsAProblem() {
    temporal.namespace = false;
    assertThat(theProblem(false).text()).contains("reseal temporal setup");
  }

  @Test
  void missingSearchAttributesAreNamed() {
    temporal.missing.add("ResealBatch");
    assertThat(theProblem(false).text()).contains("ResealBatch");
  }

  // Seen to fail: with a skew whose sign counts.
  @Test
  void clocksThatDifferAreProblems() {
    temporal.clock = NOW.minusSeconds(7);
    assertThat(theProblem(false).text()).contains("Temporal's clock is 7 s behind");
    ServicesCheck other = new ServicesCheck(() -> NOW);
    catalog.clock = NOW.plusSeconds(60);
    other.catalog(catalog, Optional.empty(), false);
    assertThat(other.findings())
        .filteredOn(finding -> finding.verdict() == Verdict.problem)
        .singleElement()
        .satisfies(finding -> assertThat(finding.text()).contains("60 s ahead"));
  }

  @Test
  void aServerThatDoesNotTellItsClockIsNotBlamed() {
    temporal.clock = null;
    assertThat(examine(false)).extracting(CheckResult::verdict).containsOnly(Verdict.ok);
  }

  @Test
  void aCatalogOfANewerProgramIsAProblemAndAnEmptyOneIsNot() {
    catalog.newer = true;
    assertThat(theProblem(false).text()).contains("newer Reseal");
    ServicesCheck other = new ServicesCheck(() -> NOW);
    catalog.newer = false;
    catalog.schema = null;
    other.catalog(catalog, Optional.of("host-a"), false);
    assertThat(other.findings()).extracting(CheckResult::verdict).containsOnly(Verdict.ok);
  }

  // Seen to fail: with a report that counts however old it is.
  @Test
  void aWorkerOfTheSameNameElsewhereIsAProblemAndOneHereOrLongGoneIsNot() {
    catalog.report(NOW.minusSeconds(2));
    assertThat(theProblem(false).text()).contains("host-a", "/far/away");
    ServicesCheck here = new ServicesCheck(() -> NOW);
    here.catalog(catalog, Optional.of("host-a"), true);
    assertThat(here.findings()).extracting(CheckResult::verdict).containsOnly(Verdict.ok);
    catalog.threads.clear();
    catalog.report(NOW.minusSeconds(3600));
    ServicesCheck gone = new ServicesCheck(() -> NOW);
    gone.catalog(catalog, Optional.of("host-a"), false);
    assertThat(gone.findings()).extracting(CheckResult::verdict).containsOnly(Verdict.ok);
  }
}
