package io.reseal;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** How the packages of all modules hang together. */
@AnalyzeClasses(packages = "io.reseal", importOptions = ImportOption.DoNotIncludeTests.class)
class StructureTest {

  /** Seen to catch a command that runs others by the class which is made of all of them. */
  @ArchTest
  static final ArchRule PACKAGES_FORM_NO_CYCLE =
      slices().matching("io.reseal.(**)").should().beFreeOfCycles();
}
