package io.reseal.catalog;

import io.reseal.catalog.CatalogException.Reason;
import io.reseal.outage.Outage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/**
 * Runs work on one table's SQL in one transaction, and translates errors into the catalog's
 * exceptions.
 */
final class CatalogAccess {

  private final Jdbi jdbi;
  private final CatalogErrors errors;
  private final CatalogSettings settings;
  private final Outage outage;

  CatalogAccess(Jdbi jdbi, CatalogErrors errors, CatalogSettings settings) {
    this.jdbi = jdbi;
    this.errors = errors;
    this.settings = settings;
    this.outage = new Outage("The catalog at " + settings.shownUrl());
  }

  /** All of the work's queries see one snapshot of the database. */
  <T, R> R read(Class<T> table, Function<T, R> work) {
    try {
      return run(TransactionIsolationLevel.REPEATABLE_READ, table, work);
    } catch (IllegalArgumentException e) {
      throw new CatalogException(
          Reason.BROKEN_RECORD,
          "The catalog at %s holds a broken record: %s"
              .formatted(settings.shownUrl(), e.getMessage()),
          e);
    }
  }

  /** Like {@link #read}, for work that passes on rows as it reads them. */
  <T> void scan(Class<T> table, Consumer<T> work) {
    read(
        table,
        sql -> {
          work.accept(sql);
          return null;
        });
  }

  /** All of the work's changes are kept, or none; repeated after a deadlock. */
  <T> void write(Class<T> table, Consumer<T> work) {
    run(
        TransactionIsolationLevel.READ_COMMITTED,
        table,
        sql -> {
          work.accept(sql);
          return null;
        });
  }

  /**
   * Like {@link #write}, for changes that depend on what is read: of two concurrent ones, one sees
   * what the other has done.
   */
  <T, R> R change(Class<T> table, Function<T, R> work) {
    return run(TransactionIsolationLevel.SERIALIZABLE, table, work);
  }

  private <T, R> R run(TransactionIsolationLevel level, Class<T> table, Function<T, R> work) {
    try {
      R result = jdbi.inTransaction(level, handle -> work.apply(handle.attach(table)));
      outage.answered();
      return result;
    } catch (JdbiException e) {
      throw noted(errors.explain(e));
    }
  }

  private CatalogException noted(CatalogException thrown) {
    if (thrown.isOutage()) {
      outage.failed(thrown.getMessage());
    }
    return thrown;
  }
}
