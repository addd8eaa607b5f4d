package io.reseal.contract;

import io.temporal.failure.ApplicationErrorCategory;
import io.temporal.failure.ApplicationFailure;

/** How a workflow or a host refuses an operator's request: a failure with its own type. */
public final class Refusal {

  private static final String TYPE = "Refused";

  private Refusal() {}

  /**
   * @param sentence why it is refused, for people
   */
  public static ApplicationFailure of(String sentence) {
    return ApplicationFailure.newBuilder()
        .setMessage(sentence)
        .setType(TYPE)
        .setNonRetryable(true)
        .setCategory(ApplicationErrorCategory.BENIGN)
        .build();
  }

  public static boolean is(ApplicationFailure failure) {
    return TYPE.equals(failure.getType());
  }
}
