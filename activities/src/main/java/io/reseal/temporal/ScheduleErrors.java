package io.reseal.temporal;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** What failed calls about schedules mean; Temporal's own exceptions do not say. */
public final class ScheduleErrors {

  private ScheduleErrors() {}

  /** Whether there is no such schedule, or no schedules at all. */
  public static boolean isNotThere(Throwable failure) {
    return is(failure, Status.Code.NOT_FOUND) || isUnimplemented(failure);
  }

  /** Whether the server has no schedules. */
  public static boolean isUnimplemented(Throwable failure) {
    return is(failure, Status.Code.UNIMPLEMENTED);
  }

  private static boolean is(Throwable failure, Status.Code code) {
    Optional<StatusRuntimeException> status =
        Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
            .filter(StatusRuntimeException.class::isInstance)
            .map(StatusRuntimeException.class::cast)
            .findFirst();
    return status.filter(found -> found.getStatus().getCode() == code).isPresent();
  }
}
