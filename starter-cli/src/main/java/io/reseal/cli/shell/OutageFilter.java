package io.reseal.cli.shell;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import io.grpc.StatusRuntimeException;
import io.reseal.catalog.CatalogException;
import io.reseal.temporal.TemporalErrors;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;

/**
 * Leaves out of the log what fails only because a service is away, with its stack traces: {@link
 * io.reseal.outage.Outage} reports each outage once a minute.
 */
final class OutageFilter extends Filter<ILoggingEvent> {

  @Override
  public FilterReply decide(ILoggingEvent event) {
    return event.getThrowableProxy() instanceof ThrowableProxy proxy
            && isOfOutage(proxy.getThrowable())
        ? FilterReply.DENY
        : FilterReply.NEUTRAL;
  }

  private static boolean isOfOutage(Throwable thrown) {
    for (Throwable at = thrown; at != null; at = at.getCause()) {
      if ((at instanceof StatusRuntimeException call && TemporalErrors.isOutage(call))
          || (at instanceof CatalogException access && access.isOutage())
          || at instanceof SQLTransientConnectionException
          || at instanceof SQLNonTransientConnectionException) {
        return true;
      }
    }
    return false;
  }
}
