package io.reseal.cli.show;

import java.time.Duration;

/** Where a person watches: whether it can be redrawn, and the pause between two drawings. */
public interface Screen extends AutoCloseable {

  /** No one watches: everything is drawn once. */
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

  /** Whether earlier output can be overwritten; otherwise, new output is added below it. */
  boolean isTerminal();

  /** Waits; false if the person has stopped watching. */
  boolean pause(Duration time);

  /** Called when nothing more will be drawn. */
  @Override
  void close();
}
