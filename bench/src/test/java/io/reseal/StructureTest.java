package io.reseal;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.reseal.temporal.VisibilityQuery;

/** Which packages may depend on which, in all modules. */
@AnalyzeClasses(
    packages = "io.reseal",
    importOptions = {ImportOption.DoNotIncludeTests.class, StructureTest.NoTestJars.class})
class StructureTest {

  /** Leaves out the other modules' tests once they are packaged. */
  static final class NoTestJars implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("-tests.jar");
    }
  }

  /** What is known of sectors: records, sources, the database. It never needs a sealing host. */
  private static final String[] KNOWN = {
    "io.reseal.record..",
    "io.reseal.chain..",
    "io.reseal.exchange..",
    "io.reseal.catalog..",
    "io.reseal.intake..",
    "io.reseal.inspection..",
    "io.reseal.losses..",
    "io.reseal.appraisal.."
  };

  /** What a sealing host does: its files, processes and threads. */
  private static final String[] HOST = {
    "io.reseal.checks..",
    "io.reseal.core..",
    "io.reseal.files..",
    "io.reseal.gpu..",
    "io.reseal.labelling..",
    "io.reseal.metrics..",
    "io.reseal.pieces..",
    "io.reseal.steps..",
    "io.reseal.threads..",
    "io.reseal.worker..",
    "io.reseal.doctor.."
  };

  /** Where commands enter the host: its examination, its GPUs, its worker. */
  private static final String[] FRONT_DOORS = {
    "io.reseal.doctor..", "io.reseal.gpu..", "io.reseal.worker.."
  };

  /** Seen to catch a command that ran others through the class that is built from all of them. */
  @ArchTest
  static final ArchRule PACKAGES_FORM_NO_CYCLE =
      slices().matching("io.reseal.(**)").should().beFreeOfCycles();

  /**
   * A host's report in the catalog has the state of its GPUs; nothing else crosses.
   *
   * <p>Seen to catch the catalog looking into a store.
   */
  @ArchTest
  static final ArchRule WHAT_IS_KNOWN_NEEDS_NO_HOST =
      noClasses()
          .that()
          .resideInAnyPackage(KNOWN)
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(HOST).and(not(nameMatching("io\\.reseal\\.gpu\\.GpuState.*"))));

  /** Seen to catch a source of findings that looked a sector up in the catalog. */
  @ArchTest
  static final ArchRule SOURCES_DO_NOT_SEE_THE_CATALOG =
      noClasses()
          .that()
          .resideInAnyPackage("io.reseal.record..", "io.reseal.chain..", "io.reseal.exchange..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.reseal.catalog..", "io.reseal.intake..");

  /**
   * Commands use the parts that look at a whole host. Four ask the stores themselves: two checks,
   * what is learned, and what a rebuild would do.
   *
   * <p>Seen to catch a command that asked a host's threads instead of the catalog.
   */
  @ArchTest
  static final ArchRule COMMANDS_REACH_A_HOST_BY_ITS_FRONT_DOORS =
      noClasses()
          .that()
          .resideInAPackage("io.reseal.cli..")
          .and()
          .haveNameNotMatching(
              "io\\.reseal\\.cli\\.(sectors\\.CheckCommand|sectors\\.CheckedSectors|sectors\\.LearnCommand|rebuild\\.DryRun|inputs\\.PiecesCheckCommand).*")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(HOST)
                  .and(not(resideInAnyPackage(FRONT_DOORS)))
                  .and(
                      not(
                          nameMatching(
                              "io\\.reseal\\.core\\.(Gpu|HostGpus|ChosenCore|CoreFiles|CoreCode|CoreException)"))));

  /**
   * So that a test can run every query on every supported version of the server.
   *
   * <p>Seen to catch a command that listed the running rebuilds by a query of its own.
   */
  @ArchTest
  static final ArchRule QUERIES_OF_TEMPORAL_ARE_IN_ONE_PLACE =
      noClasses()
          .that()
          .areNotAssignableTo(VisibilityQuery.class)
          .should()
          .callMethodWhere(
              target(nameMatching("(list|count)(Executions|Workflows|WorkflowExecutions)")));
}
