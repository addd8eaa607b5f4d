package io.reseal.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.catalog.CopyRow;
import io.reseal.catalog.HostRow;
import io.reseal.catalog.StoreRow;
import io.reseal.catalog.ThreadRow;
import io.reseal.contract.CheckLevel;
import io.reseal.sector.SectorId;
import java.time.Instant;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Hosts a and b, each with a store of its own and a thread; c has a thread only. */
class CopyHostsTest {

  private static final SectorId SECTOR = new SectorId(1001, 7);
  private static final Instant NOW = Instant.parse("2026-11-29T08:00:00Z");

  private final List<StoreRow> stores =
      new ArrayList<>(List.of(store("a", "id-a", null), store("b", "id-b", null)));
  private final List<HostRow> hosts = new ArrayList<>();
  private final List<ThreadRow> threads =
      new ArrayList<>(List.of(thread("a"), thread("b"), thread("c")));

  private static StoreRow store(String host, String identity, String fault) {
    return new StoreRow(host, "disk", "/disk", identity, false, false, fault, 0, 0, NOW);
  }

  private static ThreadRow thread(String host) {
    return thread(host, "rebuild", false, false, NOW);
  }

  private static ThreadRow thread(
      String host, String plan, boolean paused, boolean faulted, Instant seenAt) {
    return new ThreadRow(
        host, 0, "/scratch", plan, null, paused, null, faulted, "Empty", null, null, null, seenAt);
  }

  private static CopyRow copy(String host, String replica, String damage) {
    return CopyRow.checked(
        "id-" + host, host, "disk", SECTOR, replica, CheckLevel.SAMPLE, 1, "anne", damage);
  }

  private static CopyRow lost(String host) {
    return CopyRow.lost("id-" + host, host, "disk", SECTOR, "sealed", 1, "anne");
  }

  private Optional<String> best(CopyRow... copies) {
    return best(SECTOR, copies);
  }

  private Optional<String> best(SectorId sector, CopyRow... copies) {
    return CopyHosts.of(stores, hosts, threads, NOW).best(sector, List.of(copies));
  }

  // Seen to fail: with a damaged copy that counts as much as an intact one.
  @Test
  void hasTheMostOfTheSector() {
    assertThat(best(copy("a", "sealed", null))).contains("a");
    assertThat(best(copy("a", "sealed", "p_aux is missing"))).contains("a");
    assertThat(best(copy("a", "sealed", "p_aux is missing"), copy("b", "sealed", null)))
        .contains("b");
    assertThat(
            best(
                copy("a", "sealed", null),
                copy("b", "sealed", "p_aux is missing"),
                copy("b", "update", null)))
        .contains("b");
  }

  // Seen to fail: with an unsealed copy that counts as much as what a repair needs.
  @Test
  void hasMoreWithTheUnsealedCopyOnlyIfTheRestIsTheSame() {
    CopyRow unsealed = copy("b", "unsealed", null);
    assertThat(best(unsealed)).contains("b");
    assertThat(best(copy("a", "sealed", "p_aux is missing"), unsealed)).contains("a");
    assertThat(best(copy("a", "sealed", null), copy("b", "sealed", null), unsealed)).contains("b");
    assertThat(best(copy("b", "unsealed", "wrong CommD"))).isEmpty();
  }

  // Catches: a host that is waited for although it has nothing any more.
  @Test
  void isNoneWhereNothingIsLeft() {
    assertThat(best()).isEmpty();
    assertThat(best(lost("a"))).isEmpty();
    stores.set(0, store("a", "id-a", "not mounted"));
    assertThat(best(copy("a", "sealed", null))).isEmpty();
    stores.set(0, store("a", "another", null));
    assertThat(best(copy("a", "sealed", null))).isEmpty();
  }

  // Catches: a rebuild that waits for a host that can do nothing.
  @Test
  void takesWork() {
    CopyRow onA = copy("a", "sealed", null);
    threads.set(0, thread("a", "snapup", false, false, NOW));
    assertThat(best(onA)).isEmpty();
    threads.set(0, thread("a", "rebuild", true, false, NOW));
    assertThat(best(onA)).isEmpty();
    threads.set(0, thread("a", "rebuild", false, true, NOW));
    assertThat(best(onA)).isEmpty();
    threads.set(0, thread("a", "rebuild", false, false, NOW.minusSeconds(61)));
    assertThat(best(onA)).isEmpty();
    threads.set(0, thread("a"));
    hosts.add(new HostRow("a", "a.lan", "1", null, true, NOW));
    assertThat(best(onA)).isEmpty();
  }

  // Seen to fail: with the first of the hosts that share a store.
  @Test
  void isOneOfThoseThatShareAStore() {
    stores.set(1, store("b", "id-a", null));
    Set<String> chosen = new HashSet<>();
    for (long number = 0; number < 20; number++) {
      best(new SectorId(1001, number), copy("a", "sealed", null)).ifPresent(chosen::add);
    }
    assertThat(chosen).containsExactlyInAnyOrder("a", "b");

    stores.add(store("c", "id-a", null));
    assertThat(best(copy("a", "sealed", null))).as("any host will do").isEmpty();
  }

  // Catches: a choice that looks at every store of the fleet for each of its hosts.
  @Test
  void looksAtEachStoreOnce() {
    AtomicInteger looks = new AtomicInteger();
    List<StoreRow> counted =
        new AbstractList<>() {
          @Override
          public StoreRow get(int index) {
            looks.incrementAndGet();
            return stores.get(index);
          }

          @Override
          public int size() {
            return stores.size();
          }
        };
    assertThat(
            CopyHosts.of(counted, hosts, threads, NOW)
                .best(SECTOR, List.of(copy("a", "sealed", null))))
        .contains("a");
    assertThat(looks).hasValue(stores.size());
  }
}
