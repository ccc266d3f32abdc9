package pool.mutation;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.pitest.classinfo.ClassByteArraySource;
import org.pitest.help.PitHelpError;
import org.pitest.testapi.Configuration;
import org.pitest.testapi.TestGroupConfig;
import org.pitest.testapi.TestPluginFactory;
import org.pitest.testapi.TestSuiteFinder;
import org.pitest.testapi.TestUnitFinder;

/** Tells PIT of {@link MethodFinder}. */
public final class MethodFinderFactory implements TestPluginFactory {

  @Override
  public Configuration createTestFrameworkConfiguration(
      TestGroupConfig groups,
      ClassByteArraySource source,
      Collection<String> excludedRunners,
      Collection<String> includedMethods) {
    return new Configuration() {
      @Override
      public TestUnitFinder testUnitFinder() {
        return new MethodFinder(groups.getExcludedGroups());
      }

      @Override
      public TestSuiteFinder testSuiteFinder() {
        return type -> List.of();
      }

      @Override
      public Optional<PitHelpError> verifyEnvironment() {
        return Optional.empty();
      }
    };
  }

  @Override
  public String name() {
    return "methods";
  }

  @Override
  public String description() {
    return "JUnit's test methods, found without running them";
  }
}
