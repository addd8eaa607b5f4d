package io.reseal.cli.show;

import java.time.Duration;

/** Where a person watches: whether it can be redrawn, and the wait between two drawings. */
public interface Screen extends AutoCloseable {

  /** Nobody watches: what is drawn is drawn once. */
  Screen NONE =
      new Screen() {
        @Override
        public boolean isTerminal() {
          return false;
        }

        @Override
        public boolean pause(Duration time) {
          return false;
        }

        @Override
        public void close() {}
      };

  /** Whether what was drawn can be drawn over; else it is added below. */
  boolean isTerminal();

  /** Waits; false when the person has had enough meanwhile. */
  boolean pause(Duration time);

  /** Nothing is drawn any more. */
  @Override
  void close();
}
