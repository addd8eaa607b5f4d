package io.reseal.demo;

import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.common.WorkflowExecutionHistory;
import java.util.List;

/** Checks in a rebuild's history whether two of its activities ran at the same time. */
public final class SideBySide {

  private SideBySide() {}

  /** Whether each of the two was scheduled before the other ended. */
  public static boolean of(WorkflowExecutionHistory history, String one, String other) {
    List<HistoryEvent> events = history.getEvents();
    return asked(events, one) < ended(events, other) && asked(events, other) < ended(events, one);
  }

  /** The event that scheduled the first activity of this type. */
  private static long asked(List<HistoryEvent> events, String type) {
    return events.stream()
        .filter(HistoryEvent::hasActivityTaskScheduledEventAttributes)
        .filter(
            event ->
                event
                    .getActivityTaskScheduledEventAttributes()
                    .getActivityType()
                    .getName()
                    .equals(type))
        .mapToLong(HistoryEvent::getEventId)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("The rebuild has no activity " + type));
  }

  /** The event that completed it. */
  private static long ended(List<HistoryEvent> events, String type) {
    long asked = asked(events, type);
    return events.stream()
        .filter(HistoryEvent::hasActivityTaskCompletedEventAttributes)
        .filter(
            event -> event.getActivityTaskCompletedEventAttributes().getScheduledEventId() == asked)
        .mapToLong(HistoryEvent::getEventId)
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("Activity %s has not ended".formatted(type)));
  }
}
