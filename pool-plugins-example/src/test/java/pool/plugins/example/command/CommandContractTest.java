package pool.plugins.example.command;

import java.util.List;
import java.util.Map;
import pool.api.Worker;
import pool.api.WorkerFactory;
import pool.testkit.WorkerFactoryContract;

/** The contract over a shell script. */
class CommandContractTest implements WorkerFactoryContract<String, Object> {

  /** Answers with the job's length, unless the job says otherwise. */
  static final String SCRIPT =
      """
      while read -r line; do
        id=${line#*:}
        id=${id%%,*}
        job=${line#*job\\":\\"}
        job=${job%\\"*}
        case $job in
          fail*) echo "{\\"id\\":$id,\\"failed\\":\\"$job\\"}" ;;
          later) echo "{\\"id\\":$id,\\"retryAfterMillis\\":1}" ;;
          break) echo '{"broken":"as asked"}' ;;
          exit*) exit "${job#exit }" ;;
          sleep) sleep 1000 ;;
          *) echo "{\\"id\\":$id,\\"result\\":${#job}}" ;;
        esac
      done
      """;

  static String command(String script) {
    return "sh -c '" + script.replace("'", "'\\''") + "'";
  }

  @Override
  public WorkerFactory<String, Object> factory() {
    return new CommandFactory();
  }

  @Override
  public Map<String, String> options() {
    return Map.of("command", command(SCRIPT));
  }

  @Override
  public List<String> samples() {
    return List.of("a", "some words", "a \\ and a /");
  }

  @Override
  public List<String> failing() {
    return List.of("fail", "fail again");
  }

  @Override
  public String slow() {
    return "sleep";
  }

  @Override
  public void breakResource(Worker<String, Object> worker) {
    try {
      Object _ = worker.run("exit 3");
    } catch (Exception e) {
      // as is to be
    }
  }
}
