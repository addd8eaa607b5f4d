package io.reseal.cli;

import io.reseal.cli.show.Screen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A person who watches so many drawings, while something happens between the first two. */
final class FakeScreen implements Screen {

  private final boolean terminal;
  private final int drawings;
  private final Runnable meanwhile;
  private final List<Duration> pauses = new ArrayList<>();

  FakeScreen(boolean terminal, int drawings, Runnable meanwhile) {
    this.terminal = terminal;
    this.drawings = drawings;
    this.meanwhile = meanwhile;
  }

  @Override
  public boolean isTerminal() {
    return terminal;
  }

  @Override
  public boolean pause(Duration time) {
    pauses.add(time);
    if (pauses.size() == 1) {
      meanwhile.run();
    }
    return pauses.size() < drawings;
  }

  @Override
  public void close() {}

  List<Duration> pauses() {
    return pauses;
  }
}
