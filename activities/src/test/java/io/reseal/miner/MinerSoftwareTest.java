package io.reseal.miner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.chain.FakeNode;
import io.reseal.chain.LotusNode;
import io.reseal.chain.NodeException;
import io.reseal.config.MinerSettings;
import io.reseal.contract.SoftwareAnswer;
import io.reseal.sector.Cid;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class MinerSoftwareTest {

  private static final String COMM_R =
      "bagboea4b5abcar75leghp2z7de6zvywr7za273ayn6phrxb3cbmyiy5zjhsnp4kh";

  private static ProvenFiles files(ProvenFiles.Part... parts) {
    return new ProvenFiles(
        new SectorId(1001, 5),
        SealProof.KIB_2_V1_1,
        Cid.ofSealed(COMM_R),
        Optional.empty(),
        List.of(parts));
  }

  private static ProvenFiles filesIn(String store) {
    return files(
        new ProvenFiles.Part(ProvenFiles.Type.SEALED, Optional.of(store), "/" + store),
        new ProvenFiles.Part(ProvenFiles.Type.CACHE, Optional.of(store), "/" + store));
  }

  private static SoftwareAnswer declare(MinerSettings.Kind kind, FakeNode node, ProvenFiles files) {
    return MinerSoftware.of(new MinerSettings(kind, node.address())).declare(files);
  }

  private static SoftwareAnswer declare(LotusMinerStandIn miner, String store) {
    return declare(MinerSettings.Kind.LOTUS_MINER, miner.node(), filesIn(store));
  }

  /** Catches a declaration of files that lotus-miner sees by itself. */
  @Test
  void lotusMinerIsNotToldOfFilesThatAreBackAtTheirOldPlace() {
    try (LotusMinerStandIn miner = new LotusMinerStandIn().attach("a").index("a").files("a")) {
      assertThat(declare(miner, "a").sees()).isTrue();
      assertThat(miner.node().calls())
          .extracting(FakeNode.Call::method)
          .doesNotContain("StorageDeclareSector", "StorageDropSector");
      assertThat(miner.indexed(2)).containsExactly("a");
    }
  }

  /**
   * Catches an entry of the dead disk that stays, with which the miner fails most of its proofs:
   * one check alone passes now and then.
   */
  @Test
  void lotusMinerForgetsTheStoreThatLostTheFiles() {
    try (LotusMinerStandIn miner =
        new LotusMinerStandIn().attach("dead", "new").index("dead").files("new")) {
      assertThat(declare(miner, "new").sees()).isTrue();
      assertThat(miner.indexed(2)).containsExactly("new");
      assertThat(miner.indexed(4)).containsExactly("new");
    }
  }

  /** Catches a second good copy that is dropped from the index. */
  @Test
  void lotusMinerKeepsASecondGoodCopy() {
    try (LotusMinerStandIn miner =
        new LotusMinerStandIn().attach("a", "b").index("a").files("a", "b")) {
      assertThat(declare(miner, "b").sees()).isTrue();
      assertThat(miner.indexed(2)).containsExactly("a", "b");
    }
  }

  /** Catches entries that are dropped although that does not help. */
  @Test
  void lotusMinersIndexStaysIfTheNewFilesAreNotSeenEither() {
    try (LotusMinerStandIn miner = new LotusMinerStandIn().attach("a", "b").index("a")) {
      SoftwareAnswer answer = declare(miner, "b");

      assertThat(answer.sees()).isFalse();
      assertThat(answer.text()).contains("could not read file p_aux").doesNotContain("Caused by");
      assertThat(answer.command()).isEqualTo("lotus-miner storage find 5");
      assertThat(miner.indexed(2)).containsExactlyInAnyOrder("a", "b");
    }
  }

  /** Catches a declaration for an unknown store, which breaks the miner's list of stores. */
  @Test
  void nothingIsDeclaredForAStoreThatLotusMinerDoesNotKnow() {
    try (LotusMinerStandIn miner = new LotusMinerStandIn().attach("a").index("a").files("b")) {
      SoftwareAnswer answer = declare(miner, "b");

      assertThat(answer.sees()).isFalse();
      assertThat(answer.command()).isEqualTo("lotus-miner storage attach /b");
      assertThat(miner.node().calls()).hasSize(1);
    }
  }

  /** Catches a directory that is no store of the miner's and is declared all the same. */
  @Test
  void nothingIsDeclaredForAStoreWithoutAnId() {
    ProvenFiles files =
        files(new ProvenFiles.Part(ProvenFiles.Type.SEALED, Optional.empty(), "/srv/rebuilt"));
    try (LotusMinerStandIn miner = new LotusMinerStandIn()) {
      for (MinerSettings.Kind kind :
          List.of(MinerSettings.Kind.LOTUS_MINER, MinerSettings.Kind.CURIO)) {
        SoftwareAnswer answer = declare(kind, miner.node(), files);
        assertThat(answer.sees()).isFalse();
        assertThat(answer.text()).contains("/srv/rebuilt has no sectorstore.json with an ID");
        assertThat(answer.command()).endsWith("storage attach --init --store /srv/rebuilt");
      }
      assertThat(miner.node().calls()).isEmpty();
    }
  }

  /** Catches the miner's refusal of a token that is read as an answer about the sector. */
  @Test
  void aTokenWithoutPermissionIsNotAnAnswerAboutTheSector() {
    try (LotusMinerStandIn miner = new LotusMinerStandIn().attach("a").takesNoToken()) {
      assertThatThrownBy(() -> declare(miner, "a"))
          .isInstanceOfSatisfying(
              NodeException.class,
              refusal -> assertThat(refusal.kind()).isEqualTo(NodeException.Kind.UNAUTHORIZED))
          .hasMessageContaining("need 'admin'");
    }
  }

  private static void assertNoAnswer(LotusMinerStandIn miner, String store) {
    assertThatThrownBy(() -> declare(miner, store))
        .isInstanceOfSatisfying(
            NodeException.class,
            failure -> assertThat(failure.kind()).isEqualTo(NodeException.Kind.UNREACHABLE));
  }

  /**
   * Catches a lost answer that counts as a refusal, and a declaration that is not taken up again.
   */
  @Test
  void aDeclarationWhoseAnswerIsLostIsTakenUpAgain() {
    try (LotusMinerStandIn miner =
        new LotusMinerStandIn().attach("new").index().files("new").loses("StorageDeclareSector")) {
      assertNoAnswer(miner, "new");
      miner.loses(null);

      assertThat(declare(miner, "new").sees()).isTrue();
      assertThat(miner.indexed(2)).containsExactly("new");
      assertThat(miner.indexed(4)).containsExactly("new");
    }
  }

  /** Catches entries that stay dropped although it is not known whether that helps. */
  @Test
  void lotusMinersIndexStaysIfTheCheckGivesNoAnswer() {
    try (LotusMinerStandIn miner =
        new LotusMinerStandIn().attach("a", "b").index("a").files("a").losesChecksWithout("a")) {
      assertNoAnswer(miner, "b");
      assertThat(miner.indexed(2)).containsExactlyInAnyOrder("a", "b");
      assertThat(miner.indexed(4)).containsExactlyInAnyOrder("a", "b");
    }
  }

  /** Catches files in two stores of which one is declared for both. */
  @Test
  void eachTypeOfFilesIsDeclaredInItsOwnStore() {
    try (LotusMinerStandIn miner =
        new LotusMinerStandIn().attach("a", "b").index().files("a", "b")) {
      ProvenFiles files =
          files(
              new ProvenFiles.Part(ProvenFiles.Type.SEALED, Optional.of("a"), "/a"),
              new ProvenFiles.Part(ProvenFiles.Type.CACHE, Optional.of("b"), "/b"));

      assertThat(declare(MinerSettings.Kind.LOTUS_MINER, miner.node(), files).sees()).isTrue();
      assertThat(miner.indexed(2)).containsExactly("a");
      assertThat(miner.indexed(4)).containsExactly("b");
    }
  }

  /** Fails if Curio is made to forget entries, or scans all stores. */
  @Test
  void curioScansTheOneStoreAndMakesAProof() {
    try (FakeNode curio = FakeNode.answering(call -> FakeNode.JSON.nullNode())) {
      assertThat(declare(MinerSettings.Kind.CURIO, curio, filesIn("a")).sees()).isTrue();
      assertThat(curio.calls())
          .extracting(call -> call.method() + call.params())
          .containsExactly(
              "StorageRedeclare[\"a\",false]", "StorageGenerateVanillaProof[\"f01001\",5]");
    }
  }

  /** Catches a node without the store that is taken for one that cannot prove the sector. */
  @Test
  void aCurioNodeWithoutTheStoreMayStillSeeTheFiles() {
    try (FakeNode curio = FakeNode.answering(MinerSoftwareTest::refusesToScan)) {
      assertThat(declare(MinerSettings.Kind.CURIO, curio, filesIn("a")).sees()).isTrue();
    }
  }

  private static JsonNode refusesToScan(FakeNode.Call call) {
    if (call.method().equals("StorageRedeclare")) {
      throw new FakeNode.Refusal("storage a not found on the node");
    }
    return FakeNode.JSON.getNodeFactory().textNode("cHJvb2Y=");
  }

  @Test
  void curioWithoutAProofSaysWhyAndWhatToRun() {
    try (FakeNode curio =
        FakeNode.answering(
            call -> {
              throw new FakeNode.Refusal("no: " + call.method());
            })) {
      SoftwareAnswer answer = declare(MinerSettings.Kind.CURIO, curio, filesIn("a"));

      assertThat(answer.sees()).isFalse();
      assertThat(answer.text()).contains("no: StorageGenerateVanillaProof", "store of ID a");
      assertThat(answer.command()).isEqualTo("curio cli --machine NODE storage redeclare a");
    }
  }

  /** Fails if the call has another shape than damocles-manager's, or its sector another type. */
  @Test
  void damoclesChecksTheSector() {
    try (FakeNode damocles = FakeNode.answering(call -> FakeNode.JSON.createObjectNode())) {
      assertThat(declare(MinerSettings.Kind.DAMOCLES, damocles, filesIn("a")).sees()).isTrue();
      assertThat(damocles.calls())
          .singleElement()
          .satisfies(
              call -> {
                assertThat(call.path()).isEqualTo("/rpc/v0");
                assertThat(call.method()).isEqualTo("Venus.CheckProvable");
                assertThat(call.params())
                    .isEqualTo(
                        FakeNode.JSON.readTree(
                            """
                            [1001, 10, [{"SealProof": 5, "SectorNumber": 5, "SectorKey": null,
                              "SealedCID": {"/": "%s"}}], true, false]
                            """
                                .formatted(COMM_R)));
              });
    }
  }

  @Test
  void damoclesThatLooksElsewhereIsNamedWithItsStore() {
    try (FakeNode damocles = FakeNode.answering(MinerSoftwareTest::looksElsewhere)) {
      SoftwareAnswer answer = declare(MinerSettings.Kind.DAMOCLES, damocles, filesIn("new"));

      assertThat(answer.sees()).isFalse();
      assertThat(answer.text()).contains("open /dead", "its index has the sector in disk-7");
      assertThat(answer.command())
          .isEqualTo("damocles-manager util storage attach --name INSTANCE /new");
    }
  }

  private static JsonNode looksElsewhere(FakeNode.Call call) {
    return call.method().equals("Venus.CheckProvable")
        ? FakeNode.JSON.createObjectNode().put("5", "open /dead: no such file")
        : FakeNode.JSON
            .createObjectNode()
            .put("Found", true)
            .set(
                "Instance",
                FakeNode.JSON
                    .createObjectNode()
                    .put("SealedFile", "disk-7")
                    .put("CacheDir", "disk-7"));
  }

  /** Catches a miner that never answers and is waited for, or counts as one that does not see. */
  @Test
  void aMinerThatHangsIsLeft() {
    CountDownLatch end = new CountDownLatch(1);
    LotusNode.Manners hasty =
        new LotusNode.Manners(
            Duration.ofMillis(1),
            Duration.ofHours(1),
            Duration.ofMillis(200),
            1 << 20,
            0,
            Duration.ofMillis(1),
            Duration.ofHours(1));
    try (FakeNode hangs =
        FakeNode.answering(
            call -> {
              try {
                end.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return FakeNode.JSON.nullNode();
            })) {
      for (MinerSoftware software :
          List.of(
              new LotusMinerSoftware(new LotusNode(hangs.address(), LotusNode.Api.MINER, hasty)),
              new CurioSoftware(new LotusNode(hangs.address(), LotusNode.Api.MINER, hasty)),
              new DamoclesSoftware(
                  new LotusNode(hangs.address(), LotusNode.Api.DAMOCLES, hasty)))) {
        assertThatThrownBy(() -> software.declare(filesIn("a")))
            .isInstanceOfSatisfying(
                NodeException.class,
                failure -> assertThat(failure.kind()).isEqualTo(NodeException.Kind.UNREACHABLE));
      }
    } finally {
      end.countDown();
    }
  }

  /** Catches a miner that does not answer and counts as one that does not see the files. */
  @Test
  void silenceIsNoAnswer() {
    FakeNode gone = FakeNode.answering(call -> FakeNode.JSON.nullNode());
    gone.close();

    for (MinerSettings.Kind kind : MinerSettings.Kind.values()) {
      assertThatThrownBy(() -> declare(kind, gone, filesIn("a")))
          .isInstanceOfSatisfying(
              NodeException.class,
              failure -> assertThat(failure.kind()).isEqualTo(NodeException.Kind.UNREACHABLE));
    }
  }
}
