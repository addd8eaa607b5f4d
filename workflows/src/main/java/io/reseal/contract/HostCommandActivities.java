package io.reseal.contract;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Operators' commands, carried out by the host they are for. */
@ActivityInterface
public interface HostCommandActivities {

  /** Carries it out and returns a sentence, or fails with a sentence that says why not. */
  @ActivityMethod(name = "CommandHost")
  String command(HostCommand command);
}
