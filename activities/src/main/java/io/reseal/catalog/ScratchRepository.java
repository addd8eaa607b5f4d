package io.reseal.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.reseal.contract.SectorFacts;
import java.util.List;

/** The scratch files on all hosts, as their workers last reported them. */
public final class ScratchRepository {

  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final CatalogAccess access;

  ScratchRepository(CatalogAccess access) {
    this.access = access;
  }

  /** Replaces what is known of one location of a host. */
  public void report(String host, String location, List<ScratchRow> rows) {
    access.write(
        ScratchTable.class,
        table -> {
          table.delete(host, location);
          rows.forEach(row -> table.insert(row, json(row.inputs())));
        });
  }

  /** All of it, by host, location and sector. */
  public List<ScratchRow> all() {
    return access.read(ScratchTable.class, ScratchTable::all);
  }

  private static String json(SectorFacts inputs) {
    try {
      return inputs == null ? null : JSON.writeValueAsString(inputs);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A sector's inputs cannot be written.", e);
    }
  }

  /** Null if a worker of another version wrote something that cannot be read here. */
  static SectorFacts inputs(String json) {
    try {
      return json == null ? null : JSON.readValue(json, SectorFacts.class);
    } catch (JsonProcessingException e) {
      return null;
    }
  }
}
