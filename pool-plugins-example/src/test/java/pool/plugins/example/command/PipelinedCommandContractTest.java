package pool.plugins.example.command;

import java.util.Map;

/** The contract with several jobs under way. */
class PipelinedCommandContractTest extends CommandContractTest {

  @Override
  public Map<String, String> options() {
    return Map.of("command", command(SCRIPT), "pipeline", "8");
  }
}
