package io.reseal.steps;

/** A step was told to stop between two pieces of its work. */
final class StepStoppedException extends RuntimeException {

  StepStoppedException() {
    super("The step was stopped.");
  }
}
