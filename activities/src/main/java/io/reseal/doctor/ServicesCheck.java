package io.reseal.doctor;

import io.grpc.StatusRuntimeException;
import io.reseal.catalog.CatalogException;
import io.reseal.catalog.CatalogProbe;
import io.reseal.catalog.ClockSkew;
import io.reseal.catalog.ThreadRow;
import io.reseal.temporal.NamespaceOwner;
import io.reseal.temporal.ServerVersion;
import io.reseal.temporal.TemporalErrors;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Temporal, the catalog, and whether all clocks agree. */
final class ServicesCheck {

  /** Temporal's server, looked at; any call may fail with gRPC's exception. */
  interface Temporal {

    String address();

    String serverVersion();

    String namespace();

    boolean hasNamespace();

    List<String> missingSearchAttributes();

    Optional<Instant> clock();

    /** The id of the catalog that the namespace is used with. */
    Optional<String> catalog();
  }

  /** The catalog, looked at; any call may fail with a {@link CatalogException}. */
  interface Catalog {

    CatalogProbe.Look look();

    List<ThreadRow> threads(String host);

    /** Its id. */
    Optional<String> identity();
  }

  /** This machine's clock. */
  interface Clock {
    Instant now();
  }

  private static final ServerVersion OLDEST_MARIADB = new ServerVersion(10, 6);

  /** A host reports each few seconds; a row this young is of a worker that runs. */
  private static final Duration FRESH = Duration.ofSeconds(30);

  /** A namespace that is used with a catalog. */
  private record Owned(String namespace, String catalog) {}

  private final Clock clock;
  private final List<CheckResult> findings = new ArrayList<>();
  private Optional<Owned> owned = Optional.empty();

  ServicesCheck(Clock clock) {
    this.clock = clock;
  }

  List<CheckResult> findings() {
    return List.copyOf(findings);
  }

  void temporal(Temporal temporal) {
    try {
      String server = temporal.serverVersion();
      version("Temporal", server, temporal.address(), ServerVersion.OLDEST_TEMPORAL);
      newest(server);
      if (!temporal.hasNamespace()) {
        findings.add(
            CheckResult.problem(
                "Temporal",
                "it has no namespace %s; run reseal temporal setup"
                    .formatted(temporal.namespace())));
        return;
      }
      List<String> missing = temporal.missingSearchAttributes();
      findings.add(
          missing.isEmpty()
              ? CheckResult.ok(
                  "Temporal",
                  "namespace %s has Reseal's search attributes".formatted(temporal.namespace()))
              : CheckResult.problem(
                  "Temporal",
                  "namespace %s lacks the search attributes %s; run reseal temporal setup"
                      .formatted(temporal.namespace(), String.join(", ", missing))));
      owned = temporal.catalog().map(id -> new Owned(temporal.namespace(), id));
      Optional<Instant> there = temporal.clock();
      there.ifPresent(at -> clock("Temporal's", at));
    } catch (StatusRuntimeException e) {
      TemporalErrors errors = new TemporalErrors(temporal.address(), temporal.namespace());
      findings.add(CheckResult.problem("Temporal", errors.explain(e).getMessage()));
    }
  }

  void encryption(String subject, Optional<String> warning) {
    warning.ifPresent(text -> findings.add(CheckResult.warning(subject, text)));
  }

  /**
   * @param host the name of this host's worker, if its file is known
   * @param workerRuns whether a worker runs on this machine with that file
   */
  void catalog(Catalog catalog, Optional<String> host, boolean workerRuns) {
    try {
      CatalogProbe.Look look = catalog.look();
      version("MariaDB", look.server(), "the catalog", OLDEST_MARIADB);
      clock("MariaDB's", look.clock());
      schema(look);
      if (look.schema().equals(Optional.of(look.wantedSchema()))) {
        catalog.identity().ifPresent(this::ownership);
        host.ifPresent(name -> namesake(catalog.threads(name), name, workerRuns));
      }
    } catch (CatalogException e) {
      findings.add(CheckResult.problem("MariaDB", e.getMessage()));
    }
  }

  private void schema(CatalogProbe.Look look) {
    if (look.newerSchema()) {
      findings.add(
          CheckResult.problem(
              "catalog",
              "its tables (%s) were made by a newer Reseal; use that version"
                  .formatted(look.schema().orElse(""))));
    } else if (look.schema().equals(Optional.of(look.wantedSchema()))) {
      findings.add(CheckResult.ok("catalog", "its tables are up to date"));
    } else {
      findings.add(
          CheckResult.ok(
              "catalog",
              look.schema().isEmpty()
                  ? "it has no tables yet; the first command or worker creates them"
                  : "its tables were made by an older Reseal; the next worker that starts updates"
                      + " them"));
    }
  }

  /** Workers of two catalogs in one namespace would take each other's rebuilds. */
  private void ownership(String catalog) {
    owned
        .filter(of -> !of.catalog().equals(catalog))
        .ifPresent(
            of ->
                findings.add(
                    CheckResult.problem(
                        "Temporal",
                        NamespaceOwner.refusal(of.namespace(), of.catalog(), catalog))));
  }

  /** Two workers of one name would take each other's steps. */
  private void namesake(List<ThreadRow> threads, String host, boolean workerRuns) {
    Optional<Instant> seen = threads.stream().map(ThreadRow::seenAt).max(Comparator.naturalOrder());
    boolean alive =
        seen.isPresent() && Duration.between(seen.get(), clock.now()).compareTo(FRESH) < 0;
    if (alive && !workerRuns) {
      findings.add(
          CheckResult.problem(
              "worker name",
              "a worker named %s runs on another machine (its first location there is %s); give each host its own [worker] name"
                  .formatted(host, threads.get(0).location())));
    } else {
      findings.add(
          CheckResult.ok(
              "worker name",
              host + (alive ? ": its worker runs here" : ": no other worker uses this name")));
    }
  }

  private void version(String subject, String text, String where, ServerVersion oldest) {
    findings.add(
        oldest.isNewerThan(text)
            ? CheckResult.problem(
                subject,
                "%s is version %s; Reseal needs %s or newer: upgrade it"
                    .formatted(where, text, oldest))
            : CheckResult.ok(subject, "%s answers, version %s".formatted(where, text)));
  }

  private void newest(String text) {
    if (ServerVersion.NEWEST_TEMPORAL.isOlderThan(text)) {
      findings.add(
          CheckResult.ok(
              "Temporal",
              "version %s has not been tried with this version of Reseal; %s is the newest that has"
                  .formatted(text, ServerVersion.NEWEST_TESTED_TEMPORAL)));
    }
  }

  private void clock(String whose, Instant there) {
    ClockSkew skew = new ClockSkew(Duration.between(clock.now(), there));
    findings.add(
        skew.matters()
            ? CheckResult.problem("clocks", skew.sentence(whose, "this host's"))
            : CheckResult.ok("clocks", "%s clock agrees with this host's".formatted(whose)));
  }
}
