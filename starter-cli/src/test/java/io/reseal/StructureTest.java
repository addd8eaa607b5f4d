package io.reseal;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** How the packages of all modules hang together. */
@AnalyzeClasses(packages = "io.reseal", importOptions = ImportOption.DoNotIncludeTests.class)
class StructureTest {

  /** Meant to catch a command that calls the whole program by the class that is made of all. */
  @ArchTest
  static final ArchRule PACKAGES_FORM_NO_CYCLE =
      slices().matching("io.reseal.(**)").should().beFreeOfCycles();
}
