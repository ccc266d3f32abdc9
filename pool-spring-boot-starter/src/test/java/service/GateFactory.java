package service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import pool.api.Worker;
import pool.api.WorkerBrokenException;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/** Opens a worker while there is a file with the name of the worker in a folder. */
record GateFactory(Path folder) implements WorkerFactory<String, String> {

  @Override
  public String name() {
    return "gate";
  }

  @Override
  public Class<String> jobType() {
    return String.class;
  }

  @Override
  public Class<String> resultType() {
    return String.class;
  }

  @Override
  public Worker<String, String> open(WorkerContext context) throws IOException {
    Path gate = folder.resolve(context.workerName());
    if (!Files.exists(gate)) {
      throw new IOException("there is no " + gate.getFileName() + ", password=secret");
    }
    return this::run;
  }

  /** "break" breaks the worker; any other job lasts until there is a file of its name. */
  private String run(String job) throws Exception {
    if (job.equals("break")) {
      throw new WorkerBrokenException("broken on purpose");
    }
    Files.createFile(folder.resolve(job + ".started"));
    while (!Files.exists(folder.resolve(job))) {
      Thread.sleep(5);
    }
    return job + " is done";
  }
}
