package io.reseal.cli.shell;

import com.uber.m3.tally.NoopScope;
import io.reseal.appraisal.LossReader;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogSettings;
import io.reseal.config.Installation;
import io.reseal.temporal.TemporalConnection;
import java.util.Map;
import java.util.Optional;

/**
 * The catalog and Temporal of one installation, each connected when it is first used; the last user
 * that closes them ends the connections.
 */
public final class Services implements AutoCloseable {

  private final Installation installation;
  private final Map<String, String> environment;
  private Catalog catalog;
  private TemporalConnection temporal;
  private int users = 1;

  Services(Installation installation, Map<String, String> environment) {
    this.installation = installation;
    this.environment = environment;
  }

  public Installation installation() {
    return installation;
  }

  public Catalog catalog() {
    if (catalog == null) {
      catalog = Catalog.use(CatalogSettings.of(installation));
    }
    return catalog;
  }

  /** What scans have found. */
  public LossReader losses() {
    return new LossReader(catalog(), installation.miners());
  }

  public TemporalConnection temporal() {
    if (temporal == null) {
      temporal =
          TemporalConnection.open(
              installation.temporal(),
              Requester.name(installation, environment),
              new NoopScope(),
              environment);
    }
    return temporal;
  }

  /** The same services for one more user, who closes them too. */
  Services share() {
    users++;
    return this;
  }

  /** The page of a run in Temporal's Web UI, if the installation has one. */
  public Optional<String> webPage(String workflowId, String runId) {
    return installation
        .temporal()
        .ui()
        .map(
            ui ->
                "%s/namespaces/%s/workflows/%s/%s"
                    .formatted(ui, installation.temporal().namespace(), workflowId, runId));
  }

  @Override
  public void close() {
    users--;
    if (users > 0) {
      return;
    }
    if (temporal != null) {
      temporal.close();
    }
    if (catalog != null) {
      catalog.close();
    }
  }
}
