package io.reseal.cli;

import io.reseal.catalog.CatalogSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Home directories of installations whose services the tests start themselves. */
public final class Homes {

  private Homes() {}

  /** One that names a Temporal address and a catalog. */
  public static Path write(Path home, String temporalAddress, CatalogSettings catalog)
      throws IOException {
    Files.writeString(home.resolve("catalog.password"), catalog.password());
    Files.writeString(
        home.resolve("reseal.toml"),
        """
        [temporal]
        address = "%s"
        ui = "http://127.0.0.1:8233"
        [catalog]
        url = "%s"
        user = "%s"
        password_file = "catalog.password"
        """
            .formatted(temporalAddress, catalog.url(), catalog.user()));
    return home;
  }
}
