package pool.mutation;

import static org.junit.platform.commons.support.AnnotationSupport.isAnnotated;
import static org.junit.platform.commons.support.ReflectionSupport.findMethods;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherConstants;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.pitest.testapi.AbstractTestUnit;
import org.pitest.testapi.Description;
import org.pitest.testapi.ResultCollector;
import org.pitest.testapi.TestUnit;
import org.pitest.testapi.TestUnitExecutionListener;
import org.pitest.testapi.TestUnitFinder;

/**
 * Finds the test methods of a class without running them; one that runs several times, or whose
 * class does, is found once. Nested classes are not looked into. The usual finder runs every test
 * of a class to learn their names, in each of some thousand processes.
 */
final class MethodFinder implements TestUnitFinder {

  private final Launcher launcher = LauncherFactory.create();
  private final List<String> excludedTags;
  private boolean isWarm;

  MethodFinder(List<String> excludedTags) {
    this.excludedTags = excludedTags;
  }

  @Override
  public List<TestUnit> findTestUnits(Class<?> type, TestUnitExecutionListener listener) {
    if (type.getEnclosingClass() != null || Modifier.isAbstract(type.getModifiers())) {
      return List.of();
    }
    warmUp(type);
    List<TestUnit> units = new ArrayList<>();
    for (Method method :
        findMethods(
            type, each -> isAnnotated(each, Testable.class), HierarchyTraversalMode.TOP_DOWN)) {
      units.add(new TestMethod(type, method));
    }
    return units;
  }

  /** Loads the engine, so that the first test against a change is not late because of that. */
  private void warmUp(Class<?> type) {
    if (!isWarm) {
      isWarm = true;
      launcher.execute(
          LauncherDiscoveryRequestBuilder.request()
              .selectors(selectClass(type))
              .configurationParameter(LauncherConstants.DRY_RUN_PROPERTY_NAME, "true")
              .build());
    }
  }

  private final class TestMethod extends AbstractTestUnit {

    private final LauncherDiscoveryRequest request;

    TestMethod(Class<?> type, Method method) {
      super(new Description(method.getName(), type));
      request =
          LauncherDiscoveryRequestBuilder.request()
              .selectors(selectMethod(type, method))
              .filters(TagFilter.excludeTags(excludedTags))
              .build();
    }

    @Override
    public void execute(ResultCollector results) {
      Outcome outcome = new Outcome();
      results.notifyStart(getDescription());
      launcher.execute(request, outcome);
      if (outcome.failure != null) {
        results.notifyEnd(getDescription(), outcome.failure);
      } else {
        results.notifyEnd(getDescription());
      }
    }
  }

  private static final class Outcome implements TestExecutionListener {

    private Throwable failure;

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      if (result.getStatus() == TestExecutionResult.Status.FAILED && failure == null) {
        failure = result.getThrowable().orElseGet(() -> new AssertionError("failed"));
      }
    }
  }
}
