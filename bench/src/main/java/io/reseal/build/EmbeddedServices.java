package io.reseal.build;

import io.reseal.up.EmbeddedPrograms;
import java.io.IOException;

/** Prints the directories that a package of the embedded services consists of, one a line. */
public final class EmbeddedServices {

  private EmbeddedServices() {}

  public static void main(String[] arguments) throws IOException {
    EmbeddedPrograms.directories(System.getenv(), System.err::println).forEach(System.out::println);
  }
}
