package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.reseal.sector.NamedValues;

/** The states of a batch. Stored by name. */
public enum BatchState {
  /** Its sectors are in the catalog; its workflow has not reported yet. */
  STARTING("starting"),
  RUNNING("running"),
  /** Starts no new rebuilds until resumed. */
  PAUSED("paused"),
  /** Every sector is finished, dropped, or too late to be started. */
  FINISHED("finished"),
  /** An operator ended it; rebuilds that were running continued. */
  CANCELED("canceled"),
  /** Its workflow was ended from outside, or is gone. */
  ENDED_FROM_OUTSIDE("ended from outside");

  private final String text;

  BatchState(String text) {
    this.text = text;
  }

  /** Whether no workflow works on it any more. */
  public boolean isEnd() {
    return this == FINISHED || this == CANCELED || this == ENDED_FROM_OUTSIDE;
  }

  @JsonCreator
  public static BatchState parse(String text) {
    return NamedValues.require(values(), text, "a state of a batch");
  }

  @JsonValue
  @Override
  public String toString() {
    return text;
  }
}
