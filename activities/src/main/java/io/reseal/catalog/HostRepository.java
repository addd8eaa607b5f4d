package io.reseal.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The sealing hosts that have reported. */
public final class HostRepository {

  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final CatalogAccess access;

  HostRepository(CatalogAccess access) {
    this.access = access;
  }

  /**
   * Replaces the host's row with this one.
   *
   * @return the time by the database's clock
   */
  public Instant report(HostRow host) {
    String core = json(host.core());
    return Instant.ofEpochMilli(
        access.change(HostTable.class, table -> table.insertOrUpdate(host, core)));
  }

  /**
   * Deletes a host's reports about itself, its threads, its scratch and its stores; the record of
   * its work stays.
   */
  public void remove(String name) {
    access.write(
        HostTable.class,
        table -> {
          table.deleteThreads(name);
          table.deleteScratch(name);
          table.deleteStores(name);
          table.delete(name);
        });
  }

  /** All hosts by name. */
  public List<HostRow> all() {
    return access.read(HostTable.class, HostTable::all);
  }

  /** The host of that configured name, if it has reported. */
  public Optional<HostRow> named(String name) {
    return all().stream().filter(host -> host.name().equals(name)).findFirst();
  }

  /** The hosts whose workers run on a machine of that host name or IP address. */
  public List<HostRow> at(String address) {
    return all().stream()
        .filter(host -> Arrays.asList(host.addresses().split(" ", -1)).contains(address))
        .toList();
  }

  private static String json(CoreReport core) {
    try {
      return core == null ? null : JSON.writeValueAsString(core);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A report of a core cannot be written.", e);
    }
  }

  /** Null if a worker of another version wrote something that cannot be read here. */
  static CoreReport core(String json) {
    try {
      return json == null ? null : JSON.readValue(json, CoreReport.class);
    } catch (JsonProcessingException e) {
      return null;
    }
  }
}
