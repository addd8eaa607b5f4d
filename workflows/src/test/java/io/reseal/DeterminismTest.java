package io.reseal;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What workflow code must never touch: a replay would come to another result. */
@AnalyzeClasses(packages = "io.reseal", importOptions = ImportOption.DoNotIncludeTests.class)
class DeterminismTest {

  @ArchTest
  static final ArchRule NO_FILES_NO_NETWORK_NO_DATABASE =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.nio.file..", "java.net..", "java.sql..", "javax..")
          .orShould()
          .dependOnClassesThat()
          .haveNameMatching("java\\.io\\.(File.*|RandomAccessFile)");

  @ArchTest
  static final ArchRule NO_THREADS =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.util.concurrent..")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(Thread.class);

  @ArchTest
  static final ArchRule NO_CLOCKS =
      noClasses()
          .should()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(java.time.Instant.class, "now")
          .orShould()
          .callMethod(java.time.LocalDateTime.class, "now");

  @ArchTest
  static final ArchRule NO_CHANCE_AND_NO_ENVIRONMENT =
      noClasses()
          .should()
          .dependOnClassesThat()
          .areAssignableTo(java.util.Random.class)
          .orShould()
          .callMethod(java.util.UUID.class, "randomUUID")
          .orShould()
          .callMethod(Math.class, "random")
          .orShould()
          .callMethod(System.class, "getenv", String.class)
          .orShould()
          .callMethod(System.class, "getProperty", String.class);

  /** Value types and plans know nothing of workflows; contracts nothing of their implementation. */
  @ArchTest
  static final ArchRule CONTRACTS_APART_FROM_IMPLEMENTATIONS =
      noClasses()
          .that()
          .resideInAnyPackage("io.reseal.sector..", "io.reseal.plan..", "io.reseal.contract..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.reseal.rebuild..", "io.reseal.batch..", "io.reseal.reconcile..");

  @ArchTest
  static final ArchRule VALUE_TYPES_KNOW_NO_TEMPORAL =
      noClasses()
          .that()
          .resideInAnyPackage("io.reseal.sector..", "io.reseal.plan..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.temporal..");
}
